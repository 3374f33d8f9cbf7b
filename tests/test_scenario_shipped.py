"""Each shipped scenario and override loads, explains, combines and makes sense."""

import re
from importlib import resources
from itertools import combinations

import pytest

from model.errors import ScenarioError
from model.months import month_number
from model.scenario import (
    AnchorMove,
    CommunitySupport,
    FloorSpace,
    SkillsProgramme,
    check,
    explain,
    list_scenarios,
    read_scenario,
)
from model.scenario.files import Library
from model.scenario.tree import read_tree
from tests.test_scenario_vocabulary import VOCABULARY

SCENARIOS = Library.of().names("scenario")
OVERRIDES = Library.of().names("override")
VARIANTS = {
    "reference",
    "committed",
    "full-plan",
    "slim-green",
    "incubator",
    "polycentric",
    "communities",
    "tram",
    "vrt-leaves",
}
SHIPPED = resources.files("scenarios")


def read(name):
    return read_scenario(name, VOCABULARY)


def added(name, base):
    """Levers that one scenario has and another has not, by name."""
    known = {lever.slug for lever in read(base).levers}
    return {lever.slug: lever for lever in read(name).levers if lever.slug not in known}


def files():
    for folder in (SHIPPED, SHIPPED / "overrides"):
        yield from (file for file in folder.iterdir() if file.name.endswith(".yaml"))


def test_the_nine_variants_are_there():
    assert set(SCENARIOS) == VARIANTS
    entries = list_scenarios()
    assert [e.name for e in entries] == [*SCENARIOS, *OVERRIDES]
    assert {e.base for e in entries if e.kind == "scenario"} == {
        None,
        "reference",
        "committed",
        "full-plan",
    }
    assert entries[0].file == "scenarios/committed.yaml"


def test_no_shipped_file_has_a_fault():
    assert check([str(SHIPPED)], VOCABULARY) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_variant_loads_and_explains_itself(name):
    scenario = read(name)
    assert (scenario.start, scenario.months) == (month_number("2018-01"), 276)
    assert scenario.notes == ()
    found = explain(read("reference"), scenario)
    assert bool(found) == (name != "reference")
    for difference in found:
        assert re.match(
            r"scenarios/.+\.yaml:\d+$", f"{difference.file}:{difference.line}"
        )
        assert difference.source


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_text_is_written_in_three_languages(name):
    texts = [read(name).title, read(name).summary]
    texts += [lever.title for lever in read(name).levers]
    for text in texts:
        assert set(text) == {"en", "fr", "nl"}
        assert len(set(text.values())) == 3


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_override_combines_with_each_variant(name):
    for override in OVERRIDES:
        if (name, override) == ("vrt-leaves", "vrt-out"):
            continue
        scenario = read(f"{name}+{override}")
        changed = bool(explain(read(name), scenario))
        assert changed or scenario.notes, override


@pytest.mark.parametrize("override", OVERRIDES)
def test_each_override_changes_some_variant(override):
    changed = (explain(read(n), read(f"{n}+{override}")) for n in ("tram", "full-plan"))
    assert any(changed)


def test_overrides_combine_unless_they_touch_the_same_key():
    for one, two in combinations(OVERRIDES, 2):
        try:
            forth = read(f"full-plan+{one}+{two}")
        except ScenarioError as error:
            assert all("changes what" in f.problem for f in error.faults)
        else:
            assert forth.fingerprint == read(f"full-plan+{two}+{one}").fingerprint


def test_the_overrides_that_exclude_each_other():
    for pair in (
        "telework-high+telework-low",
        "demand-high+demand-low",
        "slippage+delays-public-buildings",
    ):
        with pytest.raises(ScenarioError, match="changes what"):
            read(f"full-plan+{pair}")


def test_each_number_has_a_known_source():
    for file in files():
        tree, _ = read_tree(file.read_text(encoding="utf-8"), file.name)
        for path, leaf in tree.leaves():
            if path[-1] in ("source", "sources"):
                keys = leaf.plain()
                keys = (keys,) if isinstance(keys, str) else keys
                assert all(re.fullmatch(r"S\d\d+|assumed", key) for key in keys)


def test_no_assumed_number_poses_as_official():
    for name in SCENARIOS:
        for lever in read(name).levers:
            if lever.source == ("assumed",):
                assert lever.nature == "assumed", lever.slug


def test_lines_fit_on_a_page():
    for file in files():
        for line in file.read_text(encoding="utf-8").splitlines():
            assert len(line) <= 88, (file.name, line)


def test_nothing_happens_in_the_reference():
    scenario = read("reference")
    assert scenario.levers == () and scenario.policies == () and not scenario.given


def test_the_committed_anchors():
    levers = added("committed", "reference")
    moves = {s: x for s, x in levers.items() if isinstance(x, AnchorMove)}
    assert {s: x.m2 for s, x in moves.items()} == {
        "bx1": 2_200,
        "ihecs": 19_000,
        "rtbf": 38_000,
        "vrt": 40_000,
    }
    assert moves["rtbf"].demolish and moves["vrt"].demolish
    assert levers["frame"].m2 == pytest.approx(0.85 * (8_157 - 2_200), abs=10)
    # Only Frame cost the Region money, and half of that came from Europe.
    region = sum(x.region_share * (x.cost_eur or 0) for x in levers.values())
    assert region == 18e6


def test_the_full_plan_brings_20_000_m2_in_phases():
    phases = [
        x for x in added("full-plan", "committed").values() if x.kind == "floor_space"
    ]
    assert sum(x.m2 for x in phases) == 20_000
    assert min(x.at for x in phases) >= month_number("2031-01")
    assert max(x.at for x in phases) <= month_number("2037-12")


def test_the_polycentric_money_is_that_of_the_incubator():
    hubs = [x for x in added("polycentric", "committed").values() if x.cost_eur]
    assert {x.where for x in hubs} == {
        ("reyers",),
        ("canal",),
        ("ixelles",),
        ("european-quarter",),
    }
    assert all(2_000 <= x.m2 <= 3_000 for x in hubs)
    building = added("incubator", "committed")["incubator-building"]
    assert sum(x.cost_eur for x in hubs) == building.cost_eur


def test_the_incubator_stays_within_its_bounds():
    levers = added("incubator", "committed").values()
    assert 10_000 <= sum(x.m2 for x in levers if isinstance(x, FloorSpace)) <= 20_000
    (subsidy,) = [x for x in levers if x.kind == "rent_subsidy"]
    assert 0.2 <= subsidy.share <= 0.5


def test_the_communities_get_money_and_no_space():
    levers = added("communities", "committed").values()
    assert all(isinstance(x, CommunitySupport | SkillsProgramme) for x in levers)
    assert 200_000 <= sum(x.cost_eur_year for x in levers) <= 1_000_000


def test_vrt_leaves_after_it_has_moved():
    scenario = read("vrt-leaves+slippage")
    moves = {x.slug: x for x in scenario.levers if x.slug in ("vrt", "vrt-out")}
    latest = moves["vrt"].at + moves["vrt"].delay_months.high
    assert latest < moves["vrt-out"].at < month_number("2031-01")
    assert moves["vrt-out"].to == "outside" and not moves["vrt-out"].demolish


def test_delays_are_those_seen_at_reyers():
    late = {x.slug: x for x in read("full-plan+delays-public-buildings").levers}
    assert late["media-1"].delay_months.model_dump() == {
        "low": 48,
        "mode": 60,
        "high": 72,
    }
    assert late["frame"].delay_months.certain
