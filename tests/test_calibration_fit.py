"""The fit on problems whose answer is known, and a calibration of the model itself."""

import dataclasses
import importlib.util
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from unittest.mock import patch

import numpy as np
import pytest
from scipy import stats

from calibration import laboratory as laboratories
from calibration.belief import Belief
from calibration.emulated import emulated_posterior, evenly
from calibration.emulator import fit_emulator
from calibration.history_matching import match
from calibration.identified import marginals, weighted_quantile
from calibration.laboratory import Laboratory
from calibration.ledger import opened
from calibration.problem import Problem
from calibration.recovery import QUICKLY, recover
from calibration.targets import Target
from calibration.trial import Ground, Result, Trial

pyabc = pytest.mark.skipif(
    importlib.util.find_spec("pyabc") is None, reason="pyABC is not installed"
)
BELIEF = Belief.of()
GROUND = Ground(until="2018-01")


@pytest.fixture
def ledger_at():
    """Ledgers of folders, closed in the end."""
    with ExitStack() as open_ledgers:
        yield lambda folder: open_ledgers.enter_context(opened(folder))


def target(name, value, error):
    return Target(
        name, name, value, error, "-", "2020", ("assumed",), "fitted", "parameters",
        name,
    )  # fmt: skip


def linear(trial):
    """A world that is a line: two figures that are two of the parameters, scaled."""
    point = np.array([[trial.point[name] for name in BELIEF.names]])
    x = BELIEF.scaled(point)[0]
    noise = 0.0 if trial.replicate == 0 else 0.05 * np.sin(trial.replicate * 7.0)
    return Result({"first": x[0] + noise, "second": x[1] - x[2] + noise}, 0.0)


@pytest.fixture
def world():
    with patch.object(laboratories, "run_trial", linear):
        yield


PROBLEM = Problem(
    BELIEF,
    (target("first", 0.4, 0.1), target("second", 0.0, 0.2)),
    GROUND,
    0,
    np.zeros(2),
)


def test_the_design_covers_the_priors_and_is_the_same_for_ever():
    points = BELIEF.spread_out(256, 3)
    assert np.array_equal(points, BELIEF.spread_out(256, 3))
    assert not np.array_equal(points, BELIEF.spread_out(256, 4))
    for column, prior in zip(points.T, BELIEF.priors, strict=True):
        assert prior.low <= column.min() and column.max() <= prior.high
        # A Sobol' sequence of 256: the mean of a uniform to a hundredth of its range.
        assert column.mean() == pytest.approx(prior.centre, abs=0.02 * prior.spread)


def test_an_emulator_finds_a_quadratic_and_knows_its_error():
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (200, 10))
    truth = 1 + 2 * x[:, 0] - x[:, 1] * x[:, 2] + 0.5 * x[:, 3] ** 2
    noise = 0.1 * rng.standard_normal(200)
    emulator = fit_emulator(x, np.stack([truth, truth + noise], axis=1))
    new = rng.uniform(-1, 1, (500, 10))
    expected, variance = emulator(new)
    known = 1 + 2 * new[:, 0] - new[:, 1] * new[:, 2] + 0.5 * new[:, 3] ** 2
    assert np.abs(expected[:, 0] - known).max() < 1e-3
    off = (expected[:, 1] - known) / np.sqrt(variance[:, 1])
    # The error holds the noise, which is not in ``known``: off is smaller than normal.
    assert 0.3 < off.std() < 1.0
    assert np.sqrt(emulator.variance[1]) == pytest.approx(0.1, rel=0.35)


def test_waves_keep_the_truth_and_discard_the_rest(world, tmp_path, ledger_at):
    matched = match(PROBLEM, Laboratory(ledger_at(tmp_path)), 2, 80)
    points = BELIEF.spread_out(4096, 9)
    first = BELIEF.scaled(points)[:, 0]
    kept = matched.is_plausible(points)
    assert kept[np.abs(first - 0.4) < 0.05].any()
    assert not kept[np.abs(first - 0.4) > 0.4].any()
    assert matched.last.left == pytest.approx(kept.mean(), abs=0.05)


def test_what_is_known_is_not_run_again(tmp_path, ledger_at):
    count = threading.Semaphore(10_000)

    def counted(trial):
        count.acquire()
        return linear(trial)

    with patch.object(laboratories, "run_trial", counted):
        first = match(PROBLEM, Laboratory(ledger_at(tmp_path)), 1, 80)
        used = 10_000 - count._value
        again = match(PROBLEM, Laboratory(ledger_at(tmp_path)), 1, 80)
    assert used == 80 and 10_000 - count._value == used
    assert np.array_equal(first.last.figures, again.last.figures)


def test_a_trial_that_breaks_loses_nothing_that_was_computed(tmp_path, ledger_at):
    """The error comes out, and what had ended by then is kept."""
    trials = [PROBLEM.trial(x) for x in BELIEF.spread_out(12, 0)]
    calls = []

    def breaking(trial):
        calls.append(trial)
        if len(calls) == 8:
            raise KeyboardInterrupt
        return linear(trial)

    with (
        patch.object(laboratories, "run_trial", breaking),
        pytest.raises(KeyboardInterrupt),
    ):
        Laboratory(ledger_at(tmp_path)).run(trials, "test")
    # Seven had ended; the last two of them may still have stood in the window.
    assert len(ledger_at(tmp_path)) >= 5
    with patch.object(laboratories, "run_trial", linear):
        results = Laboratory(ledger_at(tmp_path)).run(trials, "test")
    assert [r.summaries for r in results] == [linear(t).summaries for t in trials]


def test_the_emulated_posterior_is_the_known_one(world, tmp_path, ledger_at):
    matched = match(PROBLEM, Laboratory(ledger_at(tmp_path)), 2, 80)
    found = emulated_posterior(matched)
    x = BELIEF.scaled(found.points)
    mean = (found.weights[:, None] * x).sum(axis=0)
    # The middle 95 % of a uniform prior spans -1 to 1: flat around 0.4, error 0.1.
    assert mean[0] == pytest.approx(0.4, abs=0.03)
    spread = np.sqrt((found.weights * (x[:, 0] - mean[0]) ** 2).sum())
    assert spread == pytest.approx(0.1, rel=0.15)
    few = evenly(found, 400)
    x = BELIEF.scaled(few.points)[:, 0]
    assert x.mean() == pytest.approx(mean[0], abs=4 * 0.1 / np.sqrt(400))


@pyabc
def test_abc_smc_finds_the_known_posterior(world, tmp_path, ledger_at):
    from calibration.abc_smc import sample_posterior

    laboratory = Laboratory(ledger_at(tmp_path))
    matched = match(PROBLEM, laboratory, 1, 80)
    found = sample_posterior(matched, laboratory, tmp_path, 150)
    x = BELIEF.scaled(found.points)[:, 0]
    mean = (found.weights * x).sum()
    spread = np.sqrt((found.weights * (x - mean) ** 2).sum())
    # Standard error of a mean of so many effective draws; 4 of them.
    assert found.effective > 30
    assert abs(mean - 0.4) < 4 * 0.1 / np.sqrt(found.effective)
    assert 0.06 < spread < 0.15
    assert found.generations[-1]["temperature"] == pytest.approx(1.0)
    # A parameter that no figure knows keeps its prior.
    free = BELIEF.scaled(found.points)[:, 5]
    assert abs((found.weights * free).sum()) < 4 * 0.6 / np.sqrt(found.effective)


@pyabc
def test_abc_smc_is_the_same_however_it_is_computed_and_stopped(tmp_path, ledger_at):
    """Three workers, one, and one that is stopped twice: the same draws."""
    from calibration.abc_smc import sample_posterior

    def sampled(folder, run, executor=None, at_once=1):
        folder.mkdir(exist_ok=True)
        ledger = ledger_at(folder)
        laboratory = Laboratory(ledger, executor, at_once)
        with patch.object(laboratories, "run_trial", run):
            matched = match(PROBLEM, laboratory, 1, 80)
            return sample_posterior(matched, laboratory, folder, 20), laboratory

    alone, spent = sampled(tmp_path / "one", linear)
    with ThreadPoolExecutor(3) as pool:
        many, _ = sampled(tmp_path / "many", linear, pool, 3)
    assert np.array_equal(alone.points, many.points)
    assert np.array_equal(alone.weights, many.weights)
    left = [110, 20]

    def breaking(trial):
        if left and left[0] == 0:
            left.pop(0)
            raise KeyboardInterrupt
        if left:
            left[0] -= 1
        return linear(trial)

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            sampled(tmp_path / "stopped", breaking)
    stopped, rest = sampled(tmp_path / "stopped", linear)
    assert np.array_equal(alone.points, stopped.points)
    assert rest.computed < spent.computed - 110


def test_intervals_cover_what_is_known_as_often_as_they_say(world, tmp_path, ledger_at):
    """Twenty regions of a linear world; 200 intervals of 80 %.

    The standard error of a coverage of 0.8 by 200 intervals is 0.028; 4 of them.
    """
    settings = dataclasses.replace(QUICKLY, ground=GROUND, waves=2, points=80)
    found = recover(
        PROBLEM.targets, [], Laboratory(ledger_at(tmp_path)), (settings, 20, None)
    )
    table = found.table().set_index("parameter")
    assert abs(table.loc["all", "coverage"] - 0.8) < 0.113
    # What a figure tells of is found far better than it was believed.
    assert table.loc[BELIEF.names[0], "width_to_prior"] < 0.3
    assert table.loc[BELIEF.names[9], "width_to_prior"] == pytest.approx(1.0, abs=0.1)


def test_weighted_quantiles_are_those_of_the_repeated_values():
    rng = np.random.default_rng(0)
    values = rng.standard_normal(4000)
    weights = stats.norm.pdf(values, 1, 1) / stats.norm.pdf(values)
    found = weighted_quantile(values, weights / weights.sum(), (0.1, 0.5, 0.9))
    # Of a normal around 1; some 1,500 effective draws, so 4 standard errors are 0.2.
    assert found == pytest.approx(stats.norm.ppf([0.1, 0.5, 0.9], 1), abs=0.2)


def test_a_parameter_that_nothing_tells_of_is_named(world, tmp_path, ledger_at):
    matched = match(PROBLEM, Laboratory(ledger_at(tmp_path)), 2, 80)
    rows = marginals(BELIEF, emulated_posterior(matched))
    assert rows[0].identified
    assert not rows[9].identified


@pyabc
@pytest.mark.slow
def test_a_quick_calibration_of_the_model(tmp_path):
    """From the command to a posterior that a comparison and a run take."""
    from typer.testing import CliRunner

    from mediapark.cli import app

    out = str(tmp_path / "fit")
    words = ["calibrate", "--quick", "--workers", "2", "--out", out, "--json"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["synthetic"] is True
    manifest = json.loads((tmp_path / "fit/posterior/manifest.json").read_text())
    assert manifest["synthetic"] is True and manifest["draws"] == 12
    again = CliRunner().invoke(app, words)
    assert again.exit_code == 0
    other = CliRunner().invoke(app, ["calibrate", "--reduced", "--out", out])
    assert other.exit_code == 2 and "another calibration" in other.stderr


def test_the_ledger_keeps_what_another_process_would_read(tmp_path, ledger_at):
    trial = Trial({"site.rent": -2.0}, 2**64 - 1, GROUND)
    ledger_at(tmp_path).put(trial, Result({"a": 1.5, "b": float("nan")}, 0.5))
    found = ledger_at(tmp_path).get(trial)
    assert found.summaries["a"] == 1.5 and np.isnan(found.summaries["b"])
    assert ledger_at(tmp_path).get(Trial({"site.rent": -2.1}, 0, GROUND)) is None
