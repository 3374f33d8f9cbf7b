"""Every way to fail has its file and its message, and all faults come at once."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from model.errors import ScenarioError
from model.scenario import check, read_scenario
from model.scenario.files import MAX_BYTES, Library
from tests.test_scenario_vocabulary import VOCABULARY

FOLDER = Path(__file__).parent / "bad_scenarios"
TABLE = (FOLDER / "messages.txt").read_text(encoding="utf-8")
EXPECTED = {
    section.split("\n")[0]: section.split("\n")[1:]
    for section in TABLE.strip().removeprefix("== ").split("\n\n== ")
}


def messages(error):
    """The messages, without what depends on the machine and on other files."""
    names = ", ".join(Library.of(FOLDER).names("override"))
    shown = (str(fault).replace(f"{FOLDER}/", "") for fault in error.faults)
    plain = (text.replace(names, "{overrides}") for text in shown)
    return [
        re.sub(r"one of \d+ names, such as [^;]+", "{names}", text) for text in plain
    ]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_bad_file_is_refused_in_these_words(name):
    with pytest.raises(ScenarioError) as caught:
        read_scenario(FOLDER / f"{name}.yaml", VOCABULARY)
    assert messages(caught.value) == EXPECTED[name]


def test_every_bad_file_is_in_the_table():
    assert {file.stem for file in FOLDER.glob("*.yaml")} - {"good"} == set(EXPECTED)


def test_the_good_file_is_good():
    assert read_scenario(FOLDER / "good.yaml", VOCABULARY).name == "good"


def test_no_file_of_that_name(tmp_path):
    with pytest.raises(ScenarioError) as caught:
        read_scenario(tmp_path / "none.yaml", VOCABULARY)
    assert str(caught.value) == f"{tmp_path}/none.yaml: there is no such file"


def test_a_folder_is_not_a_scenario(tmp_path):
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(ScenarioError, match="cannot be read: Is a directory"):
        read_scenario(tmp_path / "folder.yaml", VOCABULARY)


def test_an_unknown_name_gets_the_nearest_one():
    with pytest.raises(ScenarioError, match="did you mean 'full-plan'") as caught:
        read_scenario("ful-plan", VOCABULARY)
    assert caught.value.faults[0].problem == "unknown scenario"
    with pytest.raises(ScenarioError, match="did you mean 'slippage'"):
        read_scenario("full-plan+slipage", VOCABULARY)


def test_a_name_is_not_a_way_out_of_the_folder():
    for name in ("../reference", "overrides/slippage", "", "+", "reference+"):
        with pytest.raises(ScenarioError):
            read_scenario(name, VOCABULARY)


def test_a_huge_file_is_refused_unread(tmp_path):
    file = tmp_path / "huge.yaml"
    with file.open("wb") as stream:
        stream.truncate(50_000_000)
    with pytest.raises(ScenarioError) as caught:
        read_scenario(file, VOCABULARY)
    limit = f"the file is too large; allowed: up to {MAX_BYTES:,} bytes"
    assert str(caught.value) == f"{file}: {limit}"


def test_a_file_with_too_many_values_is_refused(tmp_path):
    file = tmp_path / "many.yaml"
    file.write_text("levers: [" + "1, " * 30_000 + "1]\n")
    with pytest.raises(ScenarioError, match="too deep or too long"):
        read_scenario(file, VOCABULARY)


def test_check_gathers_the_faults_of_many_files():
    faults = check([FOLDER / "tab.yaml", FOLDER / "subsidy.yaml"], VOCABULARY)
    assert [fault.line for fault in faults] == [7, 8, 14]
    override = check([FOLDER / "overrides" / "shape.yaml"], VOCABULARY)
    assert len(override) == 3
    assert check([FOLDER / "good.yaml"], VOCABULARY) == []


def test_a_refusal_never_hides_behind_another_error():
    for file in FOLDER.rglob("*.yaml"):
        check([file], VOCABULARY)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (
            "levers.frame",
            "is not a setting (found: 'levers.frame'); allowed: key=value",
        ),
        (
            "levers.frmae.m2=5",
            "levers.frmae.m2: is an unknown key; allowed: a key of this scenario, or a"
            " parameter; did you mean 'levers.frame.m2'?",
        ),
        (
            "site_choice.rnet=-2",
            "site_choice.rnet: is an unknown key; allowed: a key of this scenario, or a"
            " parameter; did you mean 'site_choice.rent'?",
        ),
        (
            "telework.after=2.5",
            "uncertainties.telework.after: is out of range (found: 2.5);"
            f" allowed: {VOCABULARY.catalogue['telework.after'].allowed}",
        ),
        (
            "levers.vrt.demolish=no",
            "levers.vrt.demolish: is a switch in YAML 1.1 and a text in YAML 1.2"
            " (found: 'no'); allowed: true or false for a switch, quotes for a text",
        ),
        (
            "until=2017-12",
            "until: is before the start (found: '2017-12');"
            " allowed: a month from 2018-01 on",
        ),
        (
            "levers.rtbf.delay_months={low: 3",
            "levers.rtbf.delay_months: is not valid YAML: expected ',' or '}',"
            " but got '<stream end>'",
        ),
        (
            "name=other",
            "name: is an unknown key; allowed: a key of this scenario, or a parameter",
        ),
    ],
)
def test_a_bad_setting_is_refused_in_these_words(setting, message):
    with pytest.raises(ScenarioError) as caught:
        read_scenario("committed", VOCABULARY, settings=[setting])
    assert str(caught.value) == f"--set: {message}"


def test_two_settings_of_one_key_are_refused():
    settings = ["telework.after=0.4", "uncertainties.telework.after=0.5"]
    with pytest.raises(ScenarioError, match="is set twice"):
        read_scenario("committed", VOCABULARY, settings=settings)


def test_a_long_list_of_names_is_cut_to_the_closest():
    places = ("frame", *(f"place-{i}" for i in range(50)))
    many = replace(VOCABULARY, places=places)
    with pytest.raises(ScenarioError) as caught:
        read_scenario(
            FOLDER / "good.yaml", many, settings=["levers.frame.where=place-77"]
        )
    (fault,) = caught.value.faults
    assert fault.allowed.startswith("one of 73 names, such as place-")
    assert fault.nearest.startswith("place-")
