"""Targets as data, and the summaries that they are compared with."""

import dataclasses

import numpy as np
import pytest

from calibration.experiment import MEASURED
from calibration.summaries import SUMMARIES, Seen, summaries_of
from calibration.targets import read_targets, shipped_targets
from calibration.trial import Ground, Trial, free_parameters, run_trial
from model.errors import InputError
from model.simulation import MediaparkModel, release
from tests.replicates import SMALL

PUBLISHED = """
A: {what: jobs, value: 10, error: 1, unit: jobs, year: 2015, source: [S01],
    use: fitted, by: parameters, summary: employees}
"""


def test_shipped_targets_are_marked_as_published():
    """The marks of the project's own table of targets, by its identifiers."""
    by_id = {target.id: target for target in shipped_targets()}
    fitted = {"T01", "T03", "T04", "T11a", "T12", "T13", "T15", "T27a", "T29a"}
    fitted |= {"T23", "T26"}  # for validation there, but parameters are set with them
    held_out = {"T05", "T16", "T17a", "T18", "T24", "T25", "T39", "T41"}
    assert {by_id[name].use for name in fitted} == {"fitted"}
    assert {by_id[name].use for name in held_out} == {"held out"}
    assert by_id["T38"].use == by_id["T19"].use == "checked"
    assert all(bool(t.summary) != bool(t.why_not) for t in shipped_targets())


def test_every_summary_of_a_target_is_there():
    used = {target.summary for target in shipped_targets() if target.summary}
    assert used <= {*SUMMARIES, *MEASURED}
    assert set(MEASURED) <= used


def test_a_target_is_met_within_two_standard_errors():
    target = next(t for t in shipped_targets() if t.id == "T03")
    low, high = target.band
    assert target.is_met_by(low) and target.is_met_by(high)
    assert not target.is_met_by(high + 1)
    assert target.off(target.value + 3 * target.error) == pytest.approx(3)


def test_all_faults_of_a_file_come_at_once(tmp_path):
    path = tmp_path / "targets.yaml"
    path.write_text(
        PUBLISHED
        + "B: {what: x, value: much, error: 0, unit: -, year: 1, source: a, "
        + "use: fited, by: data, summary: emplyees}\n"
        + "C: {what: x, valu: 1}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as error:
        read_targets(path)
    told = [str(fault) for fault in error.value.faults]
    for part in (
        "B.value: is not a number", "B.error: is no error", "did you mean 'fitted'?",
        "did you mean 'employees'?", "C.valu: is unknown", "C.value: is missing",
    ):  # fmt: skip
        assert any(part in line for line in told), part


@pytest.mark.parametrize("text", ["", "- 1", "a: [", "A: 3"])
def test_a_file_that_holds_no_targets_is_refused(tmp_path, text):
    path = tmp_path / "targets.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        read_targets(path)


def test_there_are_ten_free_parameters():
    assert len(free_parameters()) == 10


@pytest.fixture(scope="module")
def seen():
    model = MediaparkModel(Ground(until="2019-12").at({}), 0, scale=0.25)
    found = Seen(model, model.run_model())
    yield found
    release(model)


def test_summaries_agree_with_the_tables_of_the_run(seen):
    """Against counts made here in another way."""
    found = summaries_of(seen)
    moves = seen.outcome.moves
    own = moves[moves.reason != "scenario"]
    inner = own[own.kind == "move"]
    assert found["median_move"] == np.median(inner.km)
    assert found["moves_under_800_m"] == (inner.km < 0.8).sum() / len(inner)
    left, came = (own.kind == "departure").sum(), (own.kind == "arrival").sum()
    assert found["movers_who_leave"] == left / (left + len(inner))
    assert found["out_to_in"] == left / came
    jobs = seen.model.history.jobs[0].sum() / 0.25
    assert found["employees"] == jobs
    reyers = [zone.id for zone in seen.model.region.zones].index("reyers")
    assert found["reyers_jobs"] == seen.model.history.jobs[0, reyers].sum() / 0.25
    assert np.isnan(found["vacancy_2023"])
    assert np.isnan(found["starters_after_5_years"])


@pytest.mark.parametrize("key", [0, 1, 4])
def test_four_cells_are_a_region_too(key):
    """Some trades have no firm there; warnings are errors."""
    ground = Ground(until="2019-12", grid=str(SMALL.parent / "valid_2x2.csv"))
    result = run_trial(Trial({}, key, dataclasses.replace(ground, scale=0.05)))
    assert not result.error
    assert result.summaries["employees"] > 0
    # No cell there lies in a business district or five kilometres away.
    assert np.isnan(result.summaries["births_far_to_near"])


def test_a_region_without_firms_is_refused():
    ground = Ground(until="2019-12", grid=str(SMALL.parent / "valid_2x2.csv"))
    trial = Trial({}, 5, dataclasses.replace(ground, scale=0.05))
    with pytest.raises(InputError, match="scale: leaves no firm on the grid"):
        run_trial(trial)


def test_a_trial_answers_to_its_parameters_and_to_nothing_else():
    ground = Ground(until="2018-06", grid=str(SMALL))
    plain = Trial({"relocation.rate": 0.06}, 0, ground)
    again = run_trial(plain).summaries
    assert np.array_equal(
        [*run_trial(plain).summaries.values()], [*again.values()], equal_nan=True
    )
    other = dataclasses.replace(plain, point={"relocation.rate": 0.2})
    assert run_trial(other).summaries["relocation_rate"] != again["relocation_rate"]
    keys = {
        plain.key, other.key, dataclasses.replace(plain, replicate=1).key,
        dataclasses.replace(plain, anchor=True).key,
        dataclasses.replace(
            plain, ground=dataclasses.replace(ground, scale=0.5)
        ).key,
    }  # fmt: skip
    assert len(keys) == 5
