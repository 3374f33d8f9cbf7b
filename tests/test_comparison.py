"""From paired runs to figures: known answers, conservation, and no lever, no effect."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.comparison import (
    account,
    compare_store,
    compare_tables,
    indirect_switches,
    match_firms,
    pairs_of,
    touched_cells,
    write_tables,
)
from experiments.comparison.compare import unpriced_levers
from experiments.comparison.frames import flow_frame, headline
from experiments.comparison.surfaces import spread as spread_surface
from model.errors import InputError
from tests.comparison_toys import (
    MONTHS,
    Toy,
    ToyRun,
    cell_in,
    real_tables,
    region,
    toy_tables,
    zones,
)

HERE, THERE, FAR = "reyers", "schaerbeek", "evere"


def compare(reference: list[ToyRun], variant: list[ToyRun], **more):
    tables = toy_tables({"reference": reference, "variant": variant}, **more)
    return compare_tables(tables, "reference", ["variant"], region())["variant"]


def flow(result, cause: str, zone: str = "", decided: bool = False) -> float:
    frame = flow_frame(result)
    mine = (frame["scope"] == HERE) & (frame["cause"] == cause)
    mine &= (frame["zone"] == zone) & (frame["decided"] == decided)
    return float(frame.loc[mine, "net"].sum())


BEFORE = ToyRun(
    firms=[
        Toy(1, HERE, 10), Toy(2, THERE, 20), Toy(3, HERE, 7),
        Toy(4, HERE, 5), Toy(5, FAR, 200, anchor=True, name="ihecs"),
    ],
    ended={6: "departure", 7: "closure"},
)  # fmt: skip
AFTER = ToyRun(
    firms=[
        Toy(1, HERE, 12), Toy(2, HERE, 23), Toy(3, FAR, 8), Toy(6, HERE, 4),
        Toy(7, HERE, 3), Toy(8, HERE, 2, origin="spin-off"),
        Toy(9, HERE, 6, origin="arrival"),
        Toy(5, HERE, 200, anchor=True, name="ihecs"),
    ],
    ended={4: "departure"}, cost=1000.0,
)  # fmt: skip


def test_each_job_has_one_cause():
    result = compare([BEFORE], [AFTER])
    assert result.jobs_here.values == [12 + 23 + 4 + 3 + 2 + 6 + 200 - 10 - 7 - 5]
    assert flow(result, "size") == 2 + 3  # firms 1 and 2 grew
    assert flow(result, "place", THERE) == 20  # firm 2 would be there
    assert flow(result, "place", FAR) == -7  # firm 3 went there
    assert flow(result, "place", FAR, decided=True) == 200
    assert flow(result, "departure") == 4 - 5  # 6 stayed in the Region, 4 left it
    assert flow(result, "closure") == 3
    assert flow(result, "birth") == 2
    assert flow(result, "arrival") == 6


def test_decided_moves_stand_apart():
    result = compare([BEFORE], [AFTER])
    assert result.decided_here.values == [200]
    assert result.followed_here.values == result.jobs_here.values - 200
    (one,) = result.decided
    assert (one.name, one.here, one.region) == ("ihecs", 200.0, 0.0)
    assert one.cells == (cell_in(FAR), cell_in(HERE))


def test_displaced_share_is_one_less_net_over_gain():
    result = compare([BEFORE] * 3, [AFTER] * 3)
    gain, net = result.jobs_here.values[0], result.jobs_region.values[0]
    assert net == (12 + 23 + 8 + 4 + 3 + 2 + 6) - (10 + 20 + 7 + 5)
    assert result.displaced.median == pytest.approx(1 - net / gain)


def firm_lists(side: str):
    one = st.tuples(
        st.integers(1, 12), st.sampled_from(zones()), st.integers(1, 500),
        st.booleans(), st.sampled_from(["base year", "spin-off", "arrival"]),
    )  # fmt: skip
    unique = st.lists(one, max_size=12, unique_by=lambda firm: firm[0])
    ended = st.dictionaries(
        st.integers(1, 12), st.sampled_from(["departure", "closure"]), max_size=4
    )
    return st.builds(
        lambda firms, gone: ToyRun([Toy(*firm) for firm in firms], gone), unique, ended
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(firm_lists("a"), firm_lists("b")), min_size=1, max_size=3))
def test_causes_add_up_whatever_the_firms(sides):
    tables = toy_tables(
        {"reference": [a for a, _ in sides], "variant": [b for _, b in sides]}
    )
    pairs = pairs_of(tables.runs, "reference", "variant")
    matched = match_firms(tables.firms, tables.moves, pairs, MONTHS, zones())
    whole = account(matched, zones())
    parts = [account(matched, zones(), zone) for zone in zones()]
    for zone, flows in zip(zones(), parts, strict=True):
        for pair, (before, after) in enumerate(sides):
            expected = sum(f.jobs for f in after.firms if f.zone == zone)
            expected -= sum(f.jobs for f in before.firms if f.zone == zone)
            assert flows.total[pair, 1] == expected
        assert (flows.gain >= 0).all() and (flows.loss <= 0).all()
    assert np.array_equal(sum(flows.total for flows in parts), whole.total)
    # What one zone gains from another, the other loses to it.
    first = len(whole.causes) - len(zones())
    between = np.array([flows.net[:, 1, first:].sum(axis=-1) for flows in parts])
    assert np.array_equal(between, -between.transpose(2, 1, 0))


def test_pairs_need_the_same_replicates():
    tables = toy_tables({"reference": [BEFORE], "variant": [AFTER]})
    with pytest.raises(InputError, match=r"has no runs .*did you mean 'variant'"):
        pairs_of(tables.runs, "reference", "varint")
    tables.runs["replicate"] = [0, 1]
    with pytest.raises(InputError, match="shares no replicate and draw"):
        pairs_of(tables.runs, "reference", "variant")
    twice = pd.concat([tables.runs, tables.runs])
    with pytest.raises(InputError, match="several runs for one replicate"):
        pairs_of(twice, "reference", "variant")


def test_a_run_may_be_its_own_twin():
    tables = toy_tables({"reference": [BEFORE, AFTER]})
    same = tables.runs.assign(scenario="same")
    tables = replace(tables, runs=pd.concat([tables.runs, same]))
    result = compare_tables(tables, "reference", ["same"], region())["same"]
    assert result.is_zero and len(result.pairs) == 2


def test_spreading_over_the_neighbourhood_loses_no_job():
    values = np.random.default_rng(1).normal(size=(3, len(region())))
    spread = spread_surface(values, region(), 0.5)
    assert np.allclose(spread.sum(axis=1), values.sum(axis=1))
    assert spread.std() < values.std()


def far_cells(cell: int) -> list[int]:
    """Three cells beyond the neighbourhood of one."""
    grid = region()
    away = np.hypot(grid.x_km - grid.x_km[cell], grid.y_km - grid.y_km[cell])
    return [int(c) for c in np.flatnonzero(away > 1.2)[:3]]


def test_switches_are_told_apart():
    touched = cell_in(HERE)
    one, two, three = far_cells(touched)
    month = "2025-06"
    before = ToyRun(
        moves=[
            (month, "move", 1, one, two),  # goes to the lever in the variant
            (month, "move", 2, three, one),  # takes what firm 1 left there
            (month, "move", 3, one, one),  # the same in both
            (month, "birth", 4, -1, three),
        ]
    )
    after = ToyRun(
        moves=[
            (month, "move", 1, one, touched),
            (month, "move", 2, three, two),
            (month, "move", 3, one, one),
            (month, "birth", 4, -1, three),
        ],
        events=[(month, "help")],
    )
    tables = toy_tables({"reference": [before], "variant": [after]})
    pairs = pairs_of(tables.runs, "reference", "variant")
    cells = {"help": np.array([touched])}
    found = indirect_switches(tables.moves, tables.events, pairs, cells, region())
    assert (found.pairs, found.choices, found.before) == (1, 4, 0)
    assert (found.direct, found.nearby) == (1, 0)
    assert (found.through_space, found.others) == (1, 0)


def test_touched_cells_are_those_of_the_levers(scenario):
    cells = touched_cells(scenario("incubator"), region())
    assert set(cells["cheap-rent"]) >= set(region().places["frame"])
    assert set(cells["bx1"]) == set(region().places["frame"])


def test_costs_that_are_not_known_are_named(scenario):
    reference = scenario("reference")
    assert unpriced_levers(scenario("committed"), reference) == ()
    assert "media-1" in unpriced_levers(scenario("full-plan"), reference)
    assert unpriced_levers(scenario("full-plan"), scenario("full-plan")) == ()


class FakeStore:
    """A folder of results in memory that honours columns and filters."""

    def __init__(self, tables):
        self.tables = tables

    def table(self, name, columns=None, filters=None):
        frame = getattr(self.tables, name)
        if name == "indicators":  # A folder holds those of people in the same table.
            frame = pd.concat([frame, self.tables.people])
        for column, operator, values in filters or ():
            assert operator == "in"
            frame = frame[frame[column].isin(values)]
        return frame[list(columns)] if columns else frame


def test_a_store_gives_what_its_tables_give():
    tables = toy_tables({"reference": [BEFORE], "variant": [AFTER], "third": [AFTER]})
    failed = tables.runs.iloc[[1]].assign(run="lost", status="failed")
    runs = pd.concat([tables.runs.assign(status="done"), failed])
    store = FakeStore(replace(tables, runs=runs))
    found = compare_store(store, "reference", ["variant"], region=region())
    straight = compare_tables(tables, "reference", ["variant"], region())
    assert headline(found).equals(headline(straight))


NOTHING = """
name: nothing
title: {en: Nothing, fr: Rien, nl: Niets}
summary: {en: A lever of size zero., fr: Levier nul., nl: Hefboom van nul.}
base: reference
sources: [assumed]
levers:
  space: {kind: floor_space, title: none, at: 2018-03, where: mediapark, m2: 0,
          source: assumed, nature: assumed}
"""


def test_a_lever_of_size_zero_changes_nothing(tmp_path, scenario):
    path = tmp_path / "nothing.yaml"
    path.write_text(NOTHING, encoding="utf-8")
    both = {
        name: scenario(source).with_until("2018-12")
        for name, source in (("reference", "reference"), ("nothing", path))
    }
    tables = real_tables(both, 2)
    result = compare_tables(tables, "reference", ["nothing"], region(), both)
    one = result["nothing"]
    assert one.is_zero and one.displaced is None and one.euro_per_job_here is None
    assert one.switches.direct == one.switches.through_space == 0
    assert one.switches.others == one.switches.before == 0
    files = write_tables(result, tmp_path / "out")
    assert [file.name for file in files] == [
        "headline.csv", "by_zone.csv", "flows.csv", "over_time.csv", "people.csv",
        "encounters.csv",
    ]  # fmt: skip
    figures = pd.read_csv(files[0])
    assert (figures.dropna(subset="wins")["ties"] == 2).all()
    for file in (files[1], files[4], files[5]):
        assert (pd.read_csv(file)["difference_mean"] == 0.0).all()


def test_firms_and_indicators_agree_in_real_runs(scenario):
    both = {
        "reference": scenario("reference", None).with_until("2027-06"),
        "incubator": scenario("incubator").with_until("2027-06"),
    }
    tables = real_tables(both, 2)
    found = compare_tables(tables, "reference", ["incubator"], region(), both)
    one = found["incubator"]
    assert one.years[-1] == one.months[-1] == "2027-06"
    assert np.array_equal(one.flows.total[:, -1], one.jobs_here.values)
    assert np.array_equal(one.regional.total[:, -1], one.jobs_region.values)
    assert one.switches.before == 0
    assert one.spent.values.min() > 0
