"""Sobol' indices of noisy functions against their analytic truth."""

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import sobol as salib_sobol

from experiments.factors import SEED, Factor, Problem
from experiments.sensitivity.points import Points
from experiments.sensitivity.resampling import Bootstrap
from experiments.sensitivity.responses import Responses, responses_of
from experiments.sensitivity.sobol import sobol_indices
from model.errors import InputError
from tests.noisy_functions import (
    FIRST,
    NAMES,
    PROBLEM,
    TOTAL,
    VARIANCE,
    design,
    ishigami,
    noisy_ishigami,
    points,
)


def totals(frame: pd.DataFrame, column: str = "value", of: str = "mean") -> np.ndarray:
    mine = frame[(frame["index"] == "total") & (frame["of"] == of)]
    return mine.set_index("factor").loc[list(NAMES), column].to_numpy()


def firsts(frame: pd.DataFrame, column: str = "value") -> np.ndarray:
    mine = frame[(frame["index"] == "first") & (frame["of"] == "mean")]
    return mine.set_index("factor").loc[list(NAMES), column].to_numpy()


@pytest.mark.parametrize("own", [0.0, 0.3])
def test_common_random_numbers_noise_as_large_as_the_signal(own):
    found = sobol_indices(
        points(1024), noisy_ishigami(1024, shared="row", own=own)
    ).frame
    np.testing.assert_allclose(totals(found), TOTAL, atol=0.05)
    np.testing.assert_allclose(firsts(found), FIRST, atol=0.05)
    # Plain means make first indices of factors without any, and totals too small.
    assert np.abs(firsts(found, "uncorrected") - FIRST).max() > 0.15
    if not own:
        assert np.abs(totals(found, "uncorrected") - TOTAL).max() > 0.15


def test_independent_noise_as_large_as_the_signal():
    found = sobol_indices(
        points(1024, mirrored=True), noisy_ishigami(1024, mirrored=True), True
    ).frame
    np.testing.assert_allclose(totals(found), TOTAL, atol=0.05)
    wrong = np.abs(totals(found, "uncorrected") - TOTAL)
    assert wrong.max() > 0.3  # the dummy
    assert np.sort(wrong)[1] > 0.15


@pytest.mark.slow
@pytest.mark.parametrize(("shared", "own"), [("none", 0.0), ("row", 0.3), ("all", 0.3)])
def test_no_bias_and_intervals_that_hold_what_they_say(shared, own):
    """100 designs of 256 rows: errors average out, 95 % intervals hold the truth."""
    errors, held = [], []
    replicates = 4 if shared == "all" else 2
    for seed in range(100):
        responses = noisy_ishigami(256, replicates, shared, seed, own=own)
        found = sobol_indices(
            points(256, seed), responses, bootstrap=Bootstrap(200)
        ).frame
        errors.append(totals(found) - TOTAL)
        low, high = totals(found, "low"), totals(found, "high")
        held.append((low <= TOTAL) & (high >= TOTAL))
    error = np.array(errors)
    # Four standard errors of the mean of 100, and a bias of a ratio below 0.01.
    allowed = 4.0 * error.std(axis=0, ddof=1) / 10.0 + 0.01
    assert (np.abs(error.mean(axis=0)) < allowed).all()
    # 95 % less four standard errors of a share of 100.
    assert (np.mean(held, axis=0) >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / 100)).all()


@pytest.mark.parametrize("shared", ["none", "row", "all"])
def test_a_dummy_has_an_interval_that_covers_zero(shared):
    """In 40 designs: both of its intervals, less often than not by chance alone."""
    covers = []
    replicates = 4 if shared == "all" else 2
    for seed in range(40):
        responses = noisy_ishigami(128, replicates, shared, seed, own=0.3)
        found = sobol_indices(points(128, seed), responses, bootstrap=Bootstrap(200))
        mine = found.frame[found.frame["of"] == "mean"].set_index("factor")
        dummy = mine.loc["dummy"]
        covers.append((dummy["low"] <= 0) & (dummy["high"] >= 0))
        assert (mine.loc["x2", "low"] > 0.0).all()
    # 95 % less four standard errors of a share of 80.
    assert np.mean(covers) >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / 80)


@pytest.mark.slow
def test_rows_need_luck_of_their_own():
    """Effects that depend on luck: two seeds for all rows say nothing of the mean."""
    held = {"row": [], "all": []}
    truth = np.array([1.0, 0.49, 0.0, 0.0]) / 1.49
    for shared, covers in held.items():
        for seed in range(30):
            x = design(128, seed)
            drawn = np.random.default_rng(seed)
            rows = 128 if shared == "row" else 1
            luck = np.repeat(drawn.normal(size=(rows, 3, 2)), len(x) // rows, axis=0)
            keys = np.repeat(np.arange(2 * rows).reshape(rows, 2), len(x) // rows, 0)
            y = np.sin(x[:, :1]) * (1 + 0.5 * luck[:, 0])
            y += 0.7 * np.cos(x[:, 1:2]) * (1 + 0.5 * luck[:, 1])
            y += 0.5 * luck[:, 2] * np.sin(x[:, 3:4])
            responses = Responses(y, keys.astype(np.uint64))
            try:
                found = sobol_indices(
                    points(128, seed), responses, bootstrap=Bootstrap(200)
                )
            except InputError:  # With two seeds even the variance may be lost.
                covers.append(False)
                continue
            low, high = totals(found.frame, "low"), totals(found.frame, "high")
            covers.append(bool(((low <= truth + 1e-9) & (high >= truth - 1e-9)).all()))
    # All four intervals hold in at least 0.95**4 of designs, less four standard errors.
    assert np.mean(held["row"]) >= 0.81 - 4 * np.sqrt(0.81 * 0.19 / 30)
    assert np.mean(held["all"]) < 0.3


def test_shares_say_what_luck_brings_and_which_part_of_it_cancels():
    responses = noisy_ishigami(1024, shared="row", own=0.3)
    found = sobol_indices(points(1024), responses)
    shares = found.shares.set_index("share")
    # Half of all variance is luck, seven tenths of it alike for all values; the
    # standard error of a variance of 2,048 normal draws is 3 %.
    assert shares.loc["seed", "value"] == pytest.approx(0.5, abs=0.06)
    alike = shares.loc["seed, alike for all values"]
    assert alike["value"] == pytest.approx(0.35, abs=0.06)
    assert alike["low"] < 0.35 < alike["high"]
    assert found.noise == pytest.approx(VARIANCE, rel=0.12)
    assert found.variance == pytest.approx(VARIANCE, rel=0.12)
    alone = sobol_indices(points(64), noisy_ishigami(64)).shares
    assert "seed, alike for all values" not in set(alone["share"])


def test_indices_of_the_spread_find_what_makes_luck_larger():
    """Noise whose variance depends on x3 alone: its indices of the spread are 1."""
    x = design(512)
    values, keys = [], []
    for start in range(0, len(x), 6):
        drawn = np.random.default_rng(start).normal(size=8)
        values.append(np.sin(x[start : start + 6, :1]) + np.outer(
            1.0 + (x[start : start + 6, 2] > 0), drawn
        ))  # fmt: skip
        keys.append(np.tile(np.arange(8) + 8 * start, (6, 1)))
    responses = Responses(np.vstack(values), np.vstack(keys).astype(np.uint64))
    found = sobol_indices(points(512), responses).frame
    np.testing.assert_allclose(totals(found), [1, 0, 0, 0], atol=0.1)
    np.testing.assert_allclose(totals(found, of="spread"), [0, 0, 1, 0], atol=0.15)


def test_without_noise_it_agrees_with_salib():
    x = design(1024)
    y = ishigami(x)
    theirs = salib_sobol.analyze(PROBLEM.salib(), y, calc_second_order=False, seed=1)
    twice = np.repeat(y[:, None], 2, axis=1)
    keys = np.arange(twice.size).reshape(twice.shape).astype(np.uint64)
    ours = sobol_indices(points(1024), Responses(twice, keys)).frame
    # Both estimate the same; ours with controls, theirs without.
    np.testing.assert_allclose(totals(ours), theirs["ST"], atol=0.01)
    np.testing.assert_allclose(firsts(ours), theirs["S1"], atol=0.02)
    single = Responses(y[:, None], keys[:, :1])
    *real, dummy = PROBLEM.factors
    with_seed = Problem((*real, Factor(SEED, dummy.low, dummy.high)))
    alone = sobol_indices(Points(with_seed, x), single)
    np.testing.assert_allclose(alone.frame["value"], ours["value"], atol=1e-12)
    assert alone.noise == 0.0


def test_zero_is_a_seed_like_any_other():
    responses = noisy_ishigami(64)
    one, again = (
        sobol_indices(points(64), responses, bootstrap=Bootstrap(seed=0)).frame
        for _ in range(2)
    )
    other = sobol_indices(points(64), responses, bootstrap=Bootstrap(seed=1)).frame
    pd.testing.assert_frame_equal(one, again)
    assert (one["low"] != other["low"]).any()
    assert one["value"].equals(other["value"])


def test_a_missing_outcome_is_named_and_never_a_zero():
    responses = noisy_ishigami(64)
    values = responses.values.copy()
    values[17, 1] = np.nan
    values[40, 0] = np.inf
    with pytest.raises(InputError) as told:
        Responses(values, responses.keys, "jobs")
    assert [fault.key for fault in told.value.faults] == [
        f"point 17, replicate {responses.keys[17, 1]}",
        f"point 40, replicate {responses.keys[40, 0]}",
    ]


def test_missing_runs_are_named():
    frame = pd.DataFrame(
        [(p, r, float(p * r)) for p in range(4) for r in range(3)],
        columns=["point", "replicate", "value"],
    )
    responses = responses_of(frame.sample(frac=1.0, random_state=1), 4)
    assert responses.values.tolist() == [[0, 0, 0], [0, 1, 2], [0, 2, 4], [0, 3, 6]]
    with pytest.raises(InputError, match=r"point 2: has 2 of 3 runs"):
        responses_of(frame.drop(index=7), 4)
    with pytest.raises(InputError, match=r"point 4: has 0 of 3 runs"):
        responses_of(frame, 5)
    with pytest.raises(InputError, match=r"point 1, replicate 0: is there twice"):
        responses_of(pd.concat([frame, frame.iloc[[3, 0, 6, 9]]]), 4)


def test_a_constant_outcome_is_an_error():
    keys = np.arange(12).reshape(6, 2).astype(np.uint64)
    with pytest.raises(InputError, match="points 0 to 5"):
        Responses(np.full((6, 2), 3.0), keys)


def test_nothing_but_noise_is_an_error_or_covers_zero():
    luck = np.random.default_rng(0).normal(size=(6 * 64, 2))
    keys = np.arange(luck.size).reshape(luck.shape).astype(np.uint64)
    same = np.sign(luck) * [[1.0, -1.0]]
    with pytest.raises(InputError, match="by more than chance"):
        sobol_indices(points(64), Responses(np.abs(luck) * same[:, :1] * [1, -1], keys))


def test_what_makes_no_design_is_refused():
    responses = noisy_ishigami(64)
    with pytest.raises(InputError) as told:
        short = Responses(responses.values[:-1, :1], responses.keys[:-1, :1])
        sobol_indices(points(64), short)
    assert len(told.value.faults) == 2
    mixed = responses.keys.copy()
    mixed[1] = mixed[0]
    with pytest.raises(InputError, match="shared by some points"):
        sobol_indices(points(64), Responses(responses.values, mixed))
    with pytest.raises(InputError) as told:
        Bootstrap(resamples=10, seed=-1, level=1.0)
    assert [f.key for f in told.value.faults] == ["resamples", "seed", "level"]


def test_counts_of_the_bootstrap_are_multinomial():
    counts = np.concatenate([*Bootstrap(2000).row_counts(50)])
    assert (counts.sum(axis=1) == 50).all()
    # Mean 1, variance 1 - 1/50; four standard errors of 100,000 draws.
    assert counts.mean() == pytest.approx(1.0)
    assert counts.var() == pytest.approx(0.98, abs=0.03)
