"""Bases, overrides, own keys and settings: what wins, what commutes, what collides."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.errors import ScenarioError
from model.months import month_name, month_number
from model.scenario import Delay, Quality, explain
from model.scenario.tree import read_tree
from tests.test_scenario_vocabulary import FRAME, Folder, SiteChoice, Telework, lever

TUNED = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def test_what_is_written_arrives(folder):
    scenario = folder.read()
    frame = lever(scenario, "frame")
    assert (scenario.start, scenario.until) == (12 * 2018, 12 * 2040 + 11)
    assert scenario.months == 276
    assert frame.at == month_number("2025-11")
    assert frame.where == ("frame",)
    assert frame.m2 == 5000.0
    assert frame.delay_months == Delay(low=0, mode=0, high=0)
    assert frame.title["nl"] == "Offices"
    assert scenario.block(SiteChoice).rent == -1.5
    assert scenario.block("telework") == Telework(before=0.10, after=0.35)
    assert scenario.origins["levers.frame.m2"].line == 13
    assert scenario.origins["levers.frame.m2"].source == "S30"


def test_the_priority_in_one_sentence(folder):
    folder.override(
        "first", "levers:\n  frame: {m2: 2, delay_months: 2, at: 2026-02}\n"
    )
    body = "base: base\noverrides: [first]\nlevers:\n  frame: {m2: 3, at: 2026-03}\n"
    folder.write("mine", body)
    scenario = folder.read("mine", settings=["levers.frame.at=2026-04"])
    frame = lever(scenario, "frame")
    assert frame.title["en"] == "Offices"  # base
    assert frame.delay_months.low == 2  # override
    assert frame.m2 == 3  # own
    assert month_name(frame.at) == "2026-04"  # --set


def test_a_plus_adds_overrides_to_a_scenario(folder):
    folder.override("late", "levers:\n  frame: {delay_months: 9}\n")
    folder.override("home", "uncertainties:\n  telework: {after: 0.5}\n")
    added = folder.read("base+late+home")
    assert added == folder.read("base", overrides=["late", "home"])
    assert added.name == "base+late+home"
    assert added.title["fr"] == "A title + A title + A title"
    assert added.block(Telework).after == 0.5
    assert lever(added, "frame").delay_months.certain
    assert added.given == {"telework.after": 0.5}


def test_null_takes_away(folder):
    folder.write(
        "mine", "base: base\nlevers:\n  frame: null\n  park: {where: mediapark}\n"
    )
    scenario = folder.read("mine")
    assert [lever.slug for lever in scenario.levers] == ["park"]
    assert scenario.levers[0].where == ("mediapark",)
    assert folder.read(settings=["levers.park=null"]).levers[0].slug == "frame"


def test_another_kind_replaces_the_whole_lever(folder):
    body = (
        "base: base\nlevers:\n  frame:\n    kind: quality\n    title: Better\n"
        "    at: 2026-01\n    where: frame\n    change: 0.1\n    source: assumed\n"
        "    nature: assumed\n"
    )
    folder.write("mine", body)
    assert isinstance(lever(folder.read("mine"), "frame"), Quality)


def test_a_lever_parameter_stands_among_the_levers(folder):
    folder.write("mine", "base: base\nlevers:\n  support.energy: 0.1\n")
    assert folder.read("mine").given == {"support.energy": 0.1}
    assert folder.read(settings=["support.energy=0.1"]).given == {"support.energy": 0.1}


LEAVES = {
    "levers.frame.m2": st.integers(-1000, 1000).map(str),
    "levers.frame.delay_months": st.integers(0, 48).map(str),
    "levers.frame.where": st.sampled_from(["canal", "[canal, reyers]"]),
    "levers.park.change": st.sampled_from(["-0.5", "0", "0.25"]),
    "levers.park.cost_eur": st.integers(0, 10**6).map(str),
    "uncertainties.telework.after": st.sampled_from(["0", "0.35", "1"]),
    "uncertainties.site_choice.rent": st.sampled_from(["-3", "-1.5"]),
}


def as_override(values):
    lines = []
    for key, value in values.items():
        section, block, leaf = key.split(".")
        lines.append((section, block, f"{leaf}: {value}"))
    text = ""
    for section in dict.fromkeys(line[0] for line in lines):
        text += f"{section}:\n"
        for block in dict.fromkeys(line[1] for line in lines if line[0] == section):
            inner = ", ".join(x[2] for x in lines if x[:2] == (section, block))
            text += f"  {block}: {{{inner}}}\n"
    return text


some_leaves = st.lists(st.sampled_from(list(LEAVES)), unique=True).flatmap(
    lambda keys: st.fixed_dictionaries({key: LEAVES[key] for key in keys})
)


@TUNED
@given(one=some_leaves, two=some_leaves)
def test_disjoint_overrides_commute_and_others_collide(folder, one, two):
    folder.override("one", as_override(one))
    folder.override("two", as_override(two))
    shared = set(one) & set(two)
    if not shared:
        forth, back = folder.read("base+one+two"), folder.read("base+two+one")
        assert forth.contents == back.contents
        assert forth.fingerprint == back.fingerprint
        assert explain(forth, back) == []
        return
    with pytest.raises(ScenarioError) as caught:
        folder.read("base+one+two")
    assert {fault.key for fault in caught.value.faults} == shared


@TUNED
@given(values=some_leaves)
def test_explain_lists_exactly_the_differences(folder, values):
    folder.override("one", as_override(values))
    base, changed = folder.read("base"), folder.read("base+one")
    found = {difference.key: difference for difference in explain(base, changed)}
    expected = {
        key
        for key in {*base.contents, *changed.contents}
        if base.contents.get(key) != changed.contents.get(key)
    }
    assert set(found) == expected
    assert (base.fingerprint == changed.fingerprint) == (not expected)
    named = {key.removeprefix("uncertainties.") for key in values}
    assert expected <= named
    for difference in found.values():
        assert difference.file.endswith("overrides/one.yaml")
        assert difference.source == "assumed"


def test_a_difference_reads_as_a_sentence(folder):
    body = "levers:\n  frame: {delay_months: {low: 1, mode: 2, high: 3}, m2: 12000}\n"
    folder.override("one", body)
    lines = [str(d) for d in explain(folder.read(), folder.read("base+one"))]
    file = lines[0].split("(")[1].split(":")[0]
    assert lines == [
        f"levers.frame.delay_months: 0 -> low 1 | mode 2 | high 3 ({file}:6, assumed)",
        f"levers.frame.m2: 5,000 -> 12,000 ({file}:6, assumed)",
    ]
    back = [
        str(d) for d in explain(folder.read(settings=["levers.park="]), folder.read())
    ]
    assert back[0].startswith("levers.park.kind: nothing -> quality (")
    assert not any("delay_months" in line for line in back)


def test_replace_lets_the_later_override_win(folder):
    folder.override("early", "levers:\n  frame: {m2: 1}\n")
    folder.override("late", "levers:\n  frame: {m2: 2}\n")
    folder.override("bold", "replace: true\nlevers:\n  frame: {m2: 3}\n")
    with pytest.raises(ScenarioError, match="override 'late' changes what 'early'"):
        folder.read("base+early+late")
    folder.write("mine", "base: base\noverrides: [early, {use: late, replace: true}]\n")
    assert lever(folder.read("mine"), "frame").m2 == 2
    assert lever(folder.read("base+early+bold"), "frame").m2 == 3
    with pytest.raises(ScenarioError, match="override 'early' changes what 'bold'"):
        folder.read("base+bold+early")


def test_removing_a_lever_collides_with_changing_it(folder):
    folder.override("remove", "levers: {frame: null}\n")
    folder.override("change", "levers: {frame: {m2: 1}}\n")
    for pair in ("remove+change", "change+remove"):
        with pytest.raises(ScenarioError, match=r"levers\.frame"):
            folder.read(f"base+{pair}")


def test_if_present_changes_only_what_is_there(folder):
    body = (
        "levers:\n  frame: {if_present: true, delay_months: 12}\n"
        "  tower: {if_present: true, delay_months: 12}\n  ghost: null\n"
    )
    folder.override("late", body)
    scenario = folder.read("base+late")
    assert lever(scenario, "frame").delay_months.low == 12
    assert [lever.slug for lever in scenario.levers] == ["frame", "park"]
    note = "late: not in this scenario, left out: levers.tower, levers.ghost"
    assert scenario.notes == (note,)
    assert scenario.fingerprint == replace(scenario, notes=()).fingerprint


def test_if_present_looks_at_what_others_bring_in_any_order(folder):
    folder.override("late", "levers:\n  tower: {if_present: true, delay_months: 12}\n")
    folder.override("tower", "levers:\n" + FRAME.replace("frame:", "tower:"))
    forth, back = folder.read("base+late+tower"), folder.read("base+tower+late")
    assert forth.fingerprint == back.fingerprint
    assert lever(forth, "tower").delay_months.low == 12
    own = "levers:\n" + FRAME.replace("frame:", "tower:")
    folder.write("mine", "base: base\noverrides: [late]\n" + own)
    assert lever(folder.read("mine"), "tower").delay_months.low == 12


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab:- \n\t{}[]&*!%#|>'\",0123?~.\\é\u2028\x07"))
def test_any_text_is_read_or_refused(text):
    try:
        read_tree(text, "any")
    except ScenarioError as error:
        assert error.faults


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0o17", 15),
        ("0xff", 255),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-12", -12),
        ("~", None),
        ("true", True),
        ("'yes'", "yes"),
        ("2026-09", "2026-09"),
        ("-.inf", float("-inf")),
        ("[1, two]", (1, "two")),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text, value):
    node, faults = read_tree(f"key: {text}", "any")
    assert node.plain() == {"key": value} and not faults
