"""A frozen scenario written as a file reads back to the same scenario."""

from dataclasses import replace

import pytest

from model.scenario import Replay, list_scenarios, yaml_of
from model.scenario.writing import document_of

NAMES = [one.name for one in list_scenarios() if one.kind == "scenario"]
OVERRIDES = [one.name for one in list_scenarios() if one.kind == "override"]


@pytest.mark.parametrize(
    "name", [*NAMES, "full-plan+slippage+telework-high", "committed+demand-low"]
)
def test_a_scenario_is_complete_in_its_own_file(scenario, tmp_path, name):
    found = scenario(name)
    path = tmp_path / "written.yaml"
    path.write_text(yaml_of(found, "written"), "utf-8")
    again = scenario(path)
    assert again.fingerprint == found.fingerprint
    assert (again.levers, again.policies) == (found.levers, found.policies)
    assert (again.title, again.summary) == (found.title, found.summary)
    assert "base" not in document_of(found, "written")


def test_titles_that_yaml_could_take_for_something_else_stay_texts(scenario, tmp_path):
    odd = ("yes", "12:30", "010", "# no comment", "a: b", "<b>&amp;</b>", "é\t'\"", "~")
    for words in odd:
        found = replace(
            scenario("reference"), title={"en": words, "fr": words, "nl": words}
        )
        path = tmp_path / "written.yaml"
        path.write_text(yaml_of(found, "written"), "utf-8")
        assert scenario(path).title["fr"] == words


def test_the_run_that_a_session_was_is_kept_and_is_no_part_of_the_scenario(
    scenario, tmp_path
):
    found = replace(scenario("tram"), replay=Replay(key=2**63, grid="500", scale=0.5))
    path = tmp_path / "written.yaml"
    path.write_text(yaml_of(found, "written"), "utf-8")
    again = scenario(path)
    assert again.replay == found.replay
    assert again.fingerprint == scenario("tram").fingerprint
