"""Elementary effects, tornadoes, PAWN, delta and factorials against known truths."""

import numpy as np
import pytest
from SALib.analyze import morris as salib_morris
from SALib.analyze import pawn as salib_pawn
from SALib.analyze.delta import calc_delta
from SALib.sample import latin, morris

from experiments.factors import Factor, Problem, categorical
from experiments.sensitivity.effects import morris_effects, one_at_a_time
from experiments.sensitivity.factorial import factorial_indices
from experiments.sensitivity.given_data import delta_indices, pawn_indices
from experiments.sensitivity.points import Points
from experiments.sensitivity.resampling import Bootstrap
from experiments.sensitivity.responses import Responses
from model.errors import InputError
from tests.noisy_functions import PROBLEM, ishigami

LINEAR = Problem(
    (
        Factor("slope", 0.0, 10.0, group="first"),
        Factor("count", 1, 5, group="second", kind="integer"),
        categorical("scenario", ["none", "some", "all"], group="second"),
        Factor("nothing", -1.0, 1.0, group="third"),
    )
)


def linear(x):
    """3 over the range of the slope, 8 over that of the count, 0, 1, 4 by scenario."""
    return 0.3 * x[:, 0] + 2.0 * x[:, 1] + x[:, 2] ** 2


def clean(values, replicates=2):
    """The same outcome in every replicate; keys that all points share."""
    keys = np.broadcast_to(np.arange(replicates), (len(values), replicates))
    return Responses(np.repeat(values[:, None], replicates, 1), keys.astype(np.uint64))


def of(frame, index, column="value"):
    return frame[frame["index"] == index].set_index("factor")[column]


def test_trajectories_agree_with_salib_where_there_is_no_noise():
    x = morris.sample(PROBLEM.salib(), 50, seed=1)
    y = ishigami(x)
    theirs = salib_morris.analyze(PROBLEM.salib(), x, y, seed=1)
    ours = morris_effects(Points(PROBLEM, x), clean(y))
    for index in ("mu", "mu_star", "sigma"):
        np.testing.assert_allclose(of(ours, index), np.asarray(theirs[index]))
    assert (of(ours, "mu_star", "chance") == 0.0).all()


@pytest.mark.parametrize("radial", [False, True])
def test_effects_of_a_linear_function_whole_numbers_and_categories(radial):
    if radial:
        from SALib.sample import sobol

        drawn = sobol.sample(LINEAR.salib(), 32, calc_second_order=False, seed=0)
        drawn = drawn[np.arange(len(drawn)) % 6 != 5]
    else:
        drawn = morris.sample(LINEAR.salib(), 32, seed=0)
    x = LINEAR.decode(drawn)
    found = morris_effects(Points(LINEAR, x), clean(linear(x)), radial)
    star, sigma = of(found, "mu_star"), of(found, "sigma")
    assert star["slope"] == pytest.approx(3.0)
    assert star["count"] == pytest.approx(8.0)
    assert star["nothing"] == 0.0
    # Between two of 0, 1 and 4 there are 1, 3 or 4.
    assert 1.0 <= star["scenario"] <= 4.0
    np.testing.assert_allclose(sigma[["slope", "count", "nothing"]], 0.0, atol=1e-6)


def test_luck_alone_makes_effects_as_large_as_its_floor_says():
    problem = Problem(tuple(Factor(f"x{i}", 0.0, 1.0) for i in range(10)))
    x = morris.sample(problem.salib(), 200, seed=0)
    luck = np.random.default_rng(0).normal(size=(len(x), 3))
    luck += 5.0 * x[:, :1]
    keys = np.arange(luck.size).reshape(luck.shape).astype(np.uint64)
    found = morris_effects(Points(problem, x), Responses(luck, keys))
    star, floor = of(found, "mu_star"), of(found, "mu_star", "chance")
    # Mean of |normal| over 2,000 effects: standard error 0.6/sqrt(2000) of 1.
    others = [name for name in problem.names if name != "x0"]
    assert star[others].mean() == pytest.approx(floor[others].mean(), rel=0.06)
    assert of(found, "mu_star", "low")["x0"] > floor["x0"]
    # Noise is taken out of sigma: a linear effect has none. Noise has a variance of
    # 1.5, estimated from 200 effects to 10 %; four times that.
    assert of(found, "sigma")["x0"] < np.sqrt(4 * 0.1 * 1.5)
    single = morris_effects(Points(problem, x), Responses(luck[:, :1], keys[:, :1]))
    assert of(single, "mu_star", "chance").isna().all()


def test_groups_have_one_effect_and_no_direction():
    grouped = LINEAR.salib(grouped=True)
    x = LINEAR.decode(morris.sample(grouped, 20, seed=3))
    found = morris_effects(Points(LINEAR, x, grouped=True), clean(linear(x)))
    assert of(found, "mu_star").index.tolist() == ["first", "second", "third"]
    assert np.isnan(of(found, "mu")["second"])
    assert of(found, "mu")["first"] == pytest.approx(3.0)
    assert of(found, "mu_star")["second"] > 4.0


def test_points_in_another_order_are_no_trajectories():
    x = morris.sample(PROBLEM.salib(), 4, seed=1)
    y = ishigami(x)
    with pytest.raises(InputError, match="row 0: is not a trajectory"):
        morris_effects(Points(PROBLEM, x[::-1][[0, 2, 1, *range(3, 20)]]), clean(y))
    with pytest.raises(InputError, match="not whole rows"):
        morris_effects(Points(PROBLEM, x[:-1]), clean(y[:-1]))


def test_a_tornado_shows_paired_changes_from_the_base():
    base = [5.0, 3.0, 0.0, 0.0]
    rows = [base]
    for at, values in enumerate([(0.0, 10.0), (1.0, 5.0), (1.0, 2.0), (-1.0, 1.0)]):
        for value in values:
            rows.append([*base[:at], value, *base[at + 1 :]])
    x = np.array(rows)
    # Luck that all points of a replicate share cancels in every difference.
    luck = np.random.default_rng(0).normal(size=8) * 100.0
    keys = np.broadcast_to(np.arange(8), (len(x), 8)).astype(np.uint64)
    responses = Responses(linear(x)[:, None] + luck, keys)
    found = one_at_a_time(Points(LINEAR, x), responses)
    assert of(found, "at low")["slope"] == pytest.approx(-1.5)
    assert of(found, "at high")["slope"] == pytest.approx(1.5)
    assert of(found, "swing")["count"] == pytest.approx(8.0)
    assert of(found, "swing")["scenario"] == pytest.approx(4.0)
    assert of(found, "swing")["nothing"] == pytest.approx(0.0, abs=1e-9)
    np.testing.assert_allclose(found["low"], found["high"], atol=1e-9)
    x[3, 0] = 7.0
    with pytest.raises(InputError, match="point 3"):
        one_at_a_time(Points(LINEAR, x), responses)


def test_pawn_is_salibs_and_its_intervals_tell_a_dummy():
    x = latin.sample(PROBLEM.salib(), 400, seed=2)
    y = ishigami(x)
    found = pawn_indices(Points(PROBLEM, x), clean(y, 1)).set_index("factor")
    theirs = salib_pawn.analyze(PROBLEM.salib(), x, y, S=10)["median"]
    np.testing.assert_allclose(found["uncorrected"], theirs)
    assert (found.loc[["x1", "x2"], "low"] > found.loc[["x1", "x2"], "chance"]).all()
    assert found.loc["dummy", "low"] < found.loc["dummy", "chance"]


def test_the_kernel_of_pawn_agrees_with_salib():
    from experiments.sensitivity.given_data import (
        _last_of_ties,
        _slice_of,
        pawn_kernel,
    )

    x = latin.sample(PROBLEM.salib(), 300, seed=4)
    y = np.round(ishigami(x), 1)  # with ties
    order = np.argsort(y, kind="stable")
    slices = np.stack([_slice_of(column, 10)[order] for column in x.T])
    ours = pawn_kernel(np.ones((1, len(y))), slices, _last_of_ties(y[order]), 10)
    theirs = salib_pawn.analyze(PROBLEM.salib(), x, y, S=10)["median"]
    np.testing.assert_allclose(ours[0], theirs)


def test_delta_is_salibs_less_its_bias():
    x = latin.sample(PROBLEM.salib(), 400, seed=2)
    y = ishigami(x)
    found = delta_indices(Points(PROBLEM, x), clean(y, 1)).set_index("factor")
    from experiments.sensitivity.given_data import delta_cuts

    grid = np.linspace(y.min(), y.max(), 100)
    plain = [calc_delta(y, grid, column, delta_cuts(400)) for column in x.T]
    np.testing.assert_allclose(found["uncorrected"], plain)
    assert found.loc["dummy", "low"] < found.loc["dummy", "chance"] + 0.05
    assert found.loc["x1", "low"] > found.loc["x1", "chance"]


def test_two_shifted_normals_have_known_distances():
    """A category that shifts a unit normal by 2: both indices are half of 2Φ(1) - 1."""
    problem = Problem((categorical("shift", ["no", "yes"]), Factor("nothing", 0, 1)))
    x = problem.decode(latin.sample(problem.salib(), 1500, seed=0))
    y = 2.0 * x[:, :1] + np.random.default_rng(0).normal(size=(1500, 2))
    keys = np.arange(y.size).reshape(y.shape).astype(np.uint64)
    truth = 0.5 * 0.6827
    for indices, column in ((pawn_indices, "value"), (delta_indices, "value")):
        found = indices(Points(problem, x), Responses(y, keys), Bootstrap(200))
        found = found.set_index("factor")
        # Standard error of a distance of 300 runs in a slice: about 0.02.
        assert found.loc["shift", column] == pytest.approx(truth, abs=0.05)
        assert found.loc["nothing", "low"] <= found.loc["nothing", "chance"] + 0.02


def test_the_kernel_of_delta_agrees_with_salib():
    from experiments.sensitivity.given_data import (
        _classes,
        _delta_of,
        delta_cuts,
        density_kernel,
    )

    x = latin.sample(PROBLEM.salib(), 200, seed=5)
    y = ishigami(x)
    grid, cuts = np.linspace(y.min(), y.max(), 100), delta_cuts(200)
    ones = np.ones((1, 200))
    density = ones @ density_kernel(y, grid) / 200
    for column in x.T:
        classes = _classes(column, cuts)
        kernels = [density_kernel(y[one], grid) for one in classes]
        ours = _delta_of(ones, density, classes, kernels, grid)
        np.testing.assert_allclose(ours[0], calc_delta(y, grid, column, cuts))


def test_distributions_take_whole_numbers_categories_and_replicates():
    x = LINEAR.decode(latin.sample(LINEAR.salib(), 300, seed=0))
    y = linear(x)[:, None] + np.random.default_rng(1).normal(size=(300, 3))
    keys = np.arange(y.size).reshape(y.shape).astype(np.uint64)
    for indices in (pawn_indices, delta_indices):
        found = indices(Points(LINEAR, x), Responses(y, keys), Bootstrap(200))
        found = found.set_index("factor")
        assert found["value"].idxmax() == "count"
        assert found.loc["count", "low"] > found.loc["nothing", "high"]


def test_a_factorial_is_split_exactly():
    a, b = np.meshgrid([0.0, 1.0, 2.0], [0.0, 1.0], indexing="ij")
    problem = Problem((Factor("a", 0, 2), Factor("b", 0, 1)))
    x = np.column_stack([a.ravel(), b.ravel()])
    y = x[:, 0] + 2 * x[:, 1] + x[:, 0] * x[:, 1]
    luck = np.random.default_rng(0).normal(size=5) * 50.0
    keys = np.broadcast_to(np.arange(5), (6, 5)).astype(np.uint64)
    order = np.random.default_rng(1).permutation(6)
    responses = Responses(y[order, None] + luck, keys)
    found = factorial_indices(Points(problem, x[order]), responses)
    # By hand: means over b are 1, 2.5, 4; over a 1 and 4; the variance is 23/6 + 1/12.
    whole = y.var()
    assert of(found, "first")["a"] == pytest.approx(1.5 / whole)
    assert of(found, "first")["b"] == pytest.approx(2.25 / whole)
    assert of(found, "total")["a"] == pytest.approx(1 - 2.25 / whole)
    np.testing.assert_allclose(found["low"], found["value"])
    with pytest.raises(InputError, match="combination is missing"):
        factorial_indices(Points(problem, x[:-1]), clean(y[:-1]))
