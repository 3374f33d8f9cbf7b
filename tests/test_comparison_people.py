"""People compared: differences worked out by hand, and both ways of knowledge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.comparison import compare_tables, pairs_of, without_knowledge
from experiments.comparison.frames import encounters, headline, people
from experiments.comparison.knowledge import EFFECT, NO_KNOWLEDGE
from experiments.comparison.people import INDICATED, PAIRS, people_of
from experiments.draws import Sampling, Variant, requests_for
from model.errors import InputError
from model.processes.state import SUBSECTORS
from tests.comparison_toys import Toy, ToyRun, region, toy_tables, zones

HERE, REGION = "reyers", "region"
MONTHS = ("2023-12", "2024-06", "2024-12", "2025-06", "2025-12")


def compare(runs: dict[str, list[ToyRun]], **more):
    tables = toy_tables(runs, **more)
    return compare_tables(tables, "reference", ["variant"], region())["variant"]


def toy(**more) -> ToyRun:
    """A run with a firm of five jobs at Reyers."""
    return ToyRun([Toy(1, HERE, 5)], **more)


def told(**figures: float) -> dict[tuple[str, str], float]:
    return {(name, REGION): value for name, value in figures.items()}


def monthly(name: str, values: list[float], run: str) -> pd.DataFrame:
    """One indicator of the Region by month; all others are zero."""
    rows = [
        (run, month, REGION, "all", one, values[t] if one == name else 0.0)
        for one in INDICATED
        for t, month in enumerate(MONTHS)
    ]
    columns = ["run", "month", "zone", "subsector", "indicator", "value"]
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize(
    ("name", "years"),
    [("attendance", [15.0, 40.0]), ("communities", [20.0, 50.0])],
)
def test_flows_are_means_of_a_year_and_stocks_stand_at_its_end(name, years):
    tables = toy_tables({"reference": [toy()], "variant": [toy()]})
    pairs = pairs_of(tables.runs, "reference", "variant")
    rows = [
        monthly(name, [999.0] + [0.0] * 4, "reference-0"),
        monthly(name, [999.0, 10.0, 20.0, 30.0, 50.0], "variant-0"),
    ]
    tables = replace(tables, people=pd.concat(rows))
    found = people_of(tables, pairs, zones(), "2024-03")
    assert found.years == ("2024", "2025")  # The base state is not told.
    difference = found.figures[name].difference[..., -1]
    assert difference.tolist() == [years]
    assert np.isnan(found.figures[name].difference[..., 0]).all()
    # The lever acts in March: 2024 is no full year, so both spans are 2025.
    assert found.over(difference, "since") == found.over(difference, "last") == years[1]
    assert people_of(tables, pairs, zones(), None).since == 0
    assert people_of(tables, pairs, zones(), "2025-12").since == 1


def test_a_figure_that_some_runs_lack_is_refused():
    tables = toy_tables({"reference": [toy()], "variant": [toy()]})
    lost = (tables.people["run"] == "variant-0") & (
        tables.people["indicator"] == "ties"
    )
    tables = replace(tables, people=tables.people[~lost])
    with pytest.raises(InputError, match=r"ties.*is missing in some years"):
        compare_tables(tables, "reference", ["variant"], region())


def test_paired_differences_of_people_by_hand():
    before = [toy(people=told(freelance_days=15.0 + i)) for i in range(3)]
    after = [toy(people=told(freelance_days=15.0 + 3 * i)) for i in range(3)]
    found = compare({"reference": before, "variant": after})
    one = found.of_people("freelance_days", "last")
    assert one.values.tolist() == [0.0, 2.0, 4.0]
    assert (one.band.median, one.chance.wins, one.chance.ties) == (2.0, 2, 1)
    assert not found.is_zero and found.jobs_here.is_zero


def test_communities_founded_and_closed_are_counted_by_zone():
    before = toy(communities=[("closed", HERE), ("closed", "evere")])
    after = toy(communities=[("founded", HERE), ("founded", HERE), ("closed", HERE)])
    found = compare({"reference": [before], "variant": [after]})
    for figure, here, everywhere in (
        ("communities_founded", 2.0, 2.0),
        ("communities_closed", 0.0, -1.0),
        ("founders_lost", 0.0, 0.0),
    ):
        assert found.of_people(figure, "last", HERE).values == [here]
        assert found.of_people(figure, "last").values == [everywhere]


def test_who_talks_with_whom():
    one, two = SUBSECTORS[:2]
    before = toy(talks=[(one, two, True, 10.0), (one, one, False, 30.0)])
    after = toy(talks=[(one, two, True, 60.0), (one, one, False, 20.0)])
    tables = toy_tables({"reference": [before], "variant": [after]})
    found = compare_tables(tables, "reference", ["variant"], region())
    share = found["variant"].of_people("across_share", "last")
    assert share.values == pytest.approx([60 / 80 - 10 / 40])
    frame = (
        encounters(found)
        .query("difference_mean != 0")
        .drop_duplicates(["subsector", "other", "across_employers"])
    )
    rows = frame[["subsector", "other", "across_employers", "difference_mean"]]
    assert sorted(rows.itertuples(index=False, name=None)) == [
        (one, one, False, -10.0), (one, two, True, 50.0)
    ]  # fmt: skip
    assert len(PAIRS) == 15


def test_the_table_of_people_has_zones_where_a_figure_is_told_by_zone():
    tables = toy_tables({"reference": [toy()], "variant": [toy()]})
    frame = people(compare_tables(tables, "reference", ["variant"], region()))
    by_figure = frame.groupby("figure")["zone"].nunique()
    assert by_figure["knowledge"] == len(zones()) + 1
    assert by_figure["across_share"] == 1
    assert (frame["difference_mean"] == 0.0).all()


def jobs(*counts: int) -> list[ToyRun]:
    return [ToyRun([Toy(1, HERE, count)]) for count in counts]


def test_the_headline_both_ways_is_paired():
    runs = {
        "reference": jobs(10, 20, 30),
        "variant": jobs(14, 26, 38),
        "reference" + NO_KNOWLEDGE: jobs(10, 20),  # The third run failed.
        "variant" + NO_KNOWLEDGE: jobs(13, 20),
    }
    found = compare(runs)
    assert found.jobs_here.values.tolist() == [4.0, 6.0, 8.0]
    assert found.no_knowledge.jobs_here.values.tolist() == [3.0, 0.0]
    through = found.through_knowledge(lambda one: one.jobs_here)
    assert through.values.tolist() == [1.0, 6.0]
    tables = toy_tables(runs)
    frame = headline(compare_tables(tables, "reference", ["variant"], region()))
    means = frame[frame["figure"] == "jobs_here"].set_index("knowledge")["mean"]
    assert means.to_dict() == {"with": 6.0, "without": 1.5, "difference": 3.5}


def test_costs_that_are_not_known_are_so_both_ways(scenario):
    names = ("reference", "full-plan")
    runs = {
        name + end: [replace(run, cost=1e6 * (name != "reference")) for run in found]
        for name, found in zip(names, (jobs(10), jobs(20)), strict=True)
        for end in ("", NO_KNOWLEDGE)
    }
    known = {name: scenario(name) for name in names}
    tables = toy_tables(runs)
    (one,) = compare_tables(tables, names[0], names[1:], region(), known).variants
    for way in (one, one.no_knowledge):
        assert way.unpriced and way.euro_per_job_here is None


def test_without_such_runs_there_is_one_way_only():
    found = compare({"reference": jobs(10), "variant": jobs(12)})
    assert found.no_knowledge is None
    assert found.through_knowledge(lambda one: one.jobs_here) is None


def test_the_twin_differs_in_the_effect_of_knowledge_alone(scenario):
    given = Variant(scenario("communities"), ("communities",))
    twin = without_knowledge(given)
    assert twin.name == "communities" + NO_KNOWLEDGE
    assert twin.arguments == ("communities", "--set", f"{EFFECT}=0")
    one, two = requests_for([given, twin], Sampling(1))
    assert one.replicate == two.replicate and one.draw == two.draw == 0
    drawn, without = dict(one.scenario.given), dict(two.scenario.given)
    assert drawn.pop(EFFECT) > 0.0 and without.pop(EFFECT) == 0.0
    assert drawn == without
