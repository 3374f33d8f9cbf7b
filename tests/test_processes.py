"""Processes against truths worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model import streams
from model.months import month_number
from model.population import base_year, demography, zone_constants
from model.population.tables import rank_sizes
from model.processes import (
    choice_kernels,
    closure,
    drivers,
    entry,
    growth,
    relocation,
    site_choice,
    space_market,
    surroundings,
)
from model.simulation import CATALOGUE, MediaparkModel

DEFAULTS = CATALOGUE.values()


def addresses(n: int) -> np.ndarray:
    return np.arange(1, n + 1, dtype=np.uint64)


# -- growth, closure, entry


@pytest.mark.parametrize("jobs", [1.0, 10.0, 300.0])
def test_noise_of_growth_moves_no_expectation(jobs):
    n = 100_000
    p = DEFAULTS["growth"]._replace(access_effect=0.0, knowledge_effect=0.0)
    size = np.full(n, 1000.0 * jobs)  # far from rounding and the smallest size
    p = p._replace(volatility=p.volatility * 1000.0**p.size_exponent)
    whole, zero = np.zeros(n, np.int32), np.zeros(n)
    growth.grow(size, whole, np.zeros(n, bool), addresses(n), zero, zero, 0.03, 1, 5, p)
    ratio = size / (1000.0 * jobs)
    error = ratio.std() / math.sqrt(n)
    assert abs(ratio.mean() - math.exp(0.03 / 12)) < 4 * error


def test_anchors_do_not_grow_by_chance():
    size, whole = np.array([2143.0, 5.0]), np.array([2143, 5], np.int32)
    anchor, zero = np.array([True, False]), np.zeros(2)
    for month in range(200):
        growth.grow(
            size, whole, anchor, addresses(2), zero, zero, 0.0, 1, month,
            DEFAULTS["growth"],
        )  # fmt: skip
    assert whole[0] == 2143 and size[1] != 5.0


def test_closing_chances_are_those_declared():
    p = DEFAULTS["closure"]
    jobs = np.array([closure.REFERENCE_JOBS] * 2 + [closure.REFERENCE_JOBS * math.e**2])
    chance = closure.chances(
        jobs, np.array([5, 60, 60]), np.zeros(3, bool),
        np.full(3, closure.REFERENCE_ACCESS), p,
    )  # fmt: skip
    assert chance[0] == pytest.approx(p.first_year)
    assert chance[1] == pytest.approx(p.later)
    odds = chance / (1 - chance)
    assert odds[2] / odds[1] == pytest.approx(math.exp(-2 * p.size_effect))


def test_closing_happens_as_often_as_its_chance():
    n = 50_000
    chance = np.full(n, 0.02)
    share = closure.closing(chance, addresses(n), 3, 7).mean()
    assert abs(share - 0.02) < 4 * math.sqrt(0.02 * 0.98 / n)


def test_newborn_sizes_and_tries():
    n = 20_000
    address, jobs = entry.newborns(
        addresses(n), np.zeros(n, np.int64), 9, 1, entry.SIZES
    )
    assert len(set(address.tolist())) == n
    shares = np.bincount(jobs, minlength=5)[1:] / n
    expected = np.diff((0.0, *entry.SIZES, 1.0))
    assert np.abs(shares - expected).max() < 4 * math.sqrt(0.25 / n)
    tries = entry.count_tries(np.full(n, 0.3), addresses(n), 1, streams.SPIN_OFF, 9)
    assert abs(tries.mean() - 0.3) < 4 * math.sqrt(0.3 / n)


# -- choice of a site


@pytest.fixture(scope="module")
def offer():
    """The full region's offer to a small audiovisual firm at Flagey."""
    model = MediaparkModel("reference", rng=0)
    return model, site_choice.offer_of(model.state)


def looker(model, jobs=3, mover=True):
    cell = int(model.region.places["flagey"][0])
    nobody = np.full(3, -1, np.int64)
    return choice_kernels.Look(
        0, jobs, 17.0 * jobs, cell, cell if mover else -1, jobs, nobody
    )


def test_choices_follow_the_logit_shares(offer):
    model, offered = offer
    look = looker(model)
    weight = choice_kernels.fits(offered, look)
    free = choice_kernels.room(offered, 0)
    mass = np.where(free >= look.need, weight * free, 0.0)
    n = 20_000
    chosen = np.array(
        [choice_kernels.best_site(offered, look, 1, 4, a)[0] for a in addresses(n)]
    )
    zone = model.region.zone
    expected = np.bincount(zone, mass) / mass.sum()
    seen = np.bincount(zone[chosen], minlength=len(expected)) / n
    error = np.sqrt(expected * (1 - expected) / n)
    assert (np.abs(seen - expected) < 4 * error + 1e-9).all()


def test_the_best_utility_is_a_gumbel_about_the_logsum(offer):
    model, offered = offer
    look = looker(model)
    logsum = choice_kernels.logsum(offered, look, choice_kernels.fits(offered, look))
    n = 5_000
    best = np.array(
        [choice_kernels.best_site(offered, look, 1, 4, a)[1] for a in addresses(n)]
    )
    error = math.pi / math.sqrt(6 * n)
    assert abs(best.mean() - logsum - np.euler_gamma) < 4 * error


@pytest.mark.parametrize("nest", [0.0, 0.3, 1.0])
def test_leaving_follows_the_nested_logit(offer, nest):
    model, offered = offer
    look = looker(model)
    logsum = choice_kernels.logsum(offered, look, choice_kernels.fits(offered, look))
    outside = nest * logsum - 1.0
    n = 4_000
    one = np.ones(n, np.int8)
    # Each firm chooses alone: the offer's floor space is put back every time.
    gone = 0
    for a in addresses(n):
        media = offered.media.copy()
        chosen = choice_kernels.choose(
            np.zeros(1, np.int64), one[:1] * 0, one[:1] * 0, one[:1] * 3,
            np.array([look.need]), np.array([look.origin], np.int32), one[:1] * 3,
            np.zeros(1), np.full((1, 3), -1, np.int64), np.array([a], np.uint64),
            offered, np.full(3, outside), nest, np.zeros(len(media)), 1, 4,
        )  # fmt: skip
        offered.media[:] = media
        gone += chosen[0] == choice_kernels.OUTSIDE
    expected = 1 / (1 + math.e)
    error = math.sqrt(expected * (1 - expected) / n)
    assert abs(gone / n - expected) < 4 * error


def test_a_full_cell_is_never_taken_and_is_missed(offer):
    model, offered = offer
    look = looker(model, jobs=60)
    media = offered.media.copy()
    offered.media[:] = offered.stock - offered.background  # nothing is vacant
    best, _, wanted = choice_kernels.best_site(offered, look, 1, 4, np.uint64(5))
    assert best == choice_kernels.STUCK and wanted >= 0
    offered.media[wanted] -= look.need + 1.0
    best, _, _ = choice_kernels.best_site(offered, look, 1, 4, np.uint64(5))
    assert best == wanted
    offered.media[:] = media


def test_own_jobs_do_not_attract_their_firm(offer):
    model, offered = offer
    small, large = looker(model, jobs=1), looker(model, jobs=200)
    here = small.origin
    ratio = choice_kernels.fits(offered, large) / choice_kernels.fits(offered, small)
    assert ratio[here] < ratio[np.argmax(ratio)]
    assert ratio.max() == pytest.approx(1.0)


def test_subsidy_helps_those_it_is_open_to(offer):
    model, offered = offer
    look, large = looker(model, jobs=10), looker(model, jobs=30)
    before = choice_kernels.fits(offered, look)
    cell = 500
    offered = offered._replace(subsidised=np.array([cell]))
    plain = choice_kernels.fits(offered, large)[cell]
    offered.subsidy[cell], offered.subsidy_max_jobs[cell] = 0.3, 20
    offered.subsidy_open[0, cell] = True
    gain = choice_kernels.fits(offered, look)[cell] / before[cell]
    assert gain == pytest.approx(0.7**offered.rent_power)
    assert choice_kernels.fits(offered, large)[cell] == plain
    closed = look._replace(subsector=2)
    offered.subsidy[cell] = 0.0
    plain = choice_kernels.fits(offered, closed)[cell]
    offered.subsidy[cell] = 0.3
    assert choice_kernels.fits(offered, closed)[cell] == plain
    offered.subsidy[cell] = 0.0


# -- surroundings, space, drivers


def test_spread_is_the_sum_over_distance():
    model = MediaparkModel("reference", rng=0)
    region = model.region
    table = surroundings.decay_table(region, 0.7)
    source = np.zeros((2, len(region)))
    rng_cells = [10, 900, 901, 2500]
    source[0, rng_cells], source[1, 77] = [5.0, 1.0, 2.0, 7.0], 3.0
    got = surroundings.spread(
        source, region.row, region.col, (region.rows, region.cols), table
    )
    km = np.hypot(
        region.x_km[:, None] - region.x_km[rng_cells],
        region.y_km[:, None] - region.y_km[rng_cells],
    )
    km[km < 1e-9] = surroundings.INSIDE_CELL * region.cell_km
    weight = np.where(km > surroundings.REACH * 0.7, 0.0, np.exp(-km / 0.7))
    np.testing.assert_allclose(got[0], weight @ source[0, rng_cells], atol=1e-9)


def test_the_transform_gives_the_sum_over_distance():
    model = MediaparkModel("reference", rng=0)
    region = model.region
    table = surroundings.decay_table(region, 3.0)
    source = np.arange(len(region), dtype=float)
    shape = (region.rows, region.cols)
    summed = surroundings.spread(source[None, :], region.row, region.col, shape, table)
    far = surroundings.spread_far(source, region, table)
    np.testing.assert_allclose(far, summed[0], rtol=1e-10)


def test_entropy_of_equal_shares():
    mass = np.array([[1.0, 0.0, 2.0], [1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    np.testing.assert_allclose(surroundings.entropy(mass), [math.log(3), 0.0, 0.0])


def test_rents_stand_still_at_natural_vacancy_and_return_from_a_shock():
    p = DEFAULTS["space"]
    rent = np.array([100.0, 100.0, 100.0])
    target = np.array([100.0, 110.0, 100.0])
    natural, vacancy = np.full(3, 0.1), np.array([0.1, 0.1, 0.2])
    space_market.adjust_rents(rent, target, natural, vacancy, np.arange(3), p)
    assert rent[0] == 100.0
    assert rent[1] == pytest.approx(100 * 1.1 ** (p.rent_pull / 12))
    assert rent[2] == pytest.approx(100 * math.exp(-0.1 * p.vacancy_response / 12))
    space_market.adjust_rents(rent, rent * 100, natural, vacancy, np.arange(3), p)
    assert rent[0] == pytest.approx(100 * math.exp(space_market.LARGEST_STEP))


def test_other_tenants_fill_space_to_natural_vacancy_but_not_reserved_space():
    p = DEFAULTS["space"]
    background = np.array([500.0, 0.0])
    stock, media = np.array([1000.0, 1000.0]), np.array([100.0, 0.0])
    reserved, natural = np.array([0.0, 1000.0]), np.full(2, 0.1)
    for _ in range(2000):
        space_market.absorb(background, stock, media, reserved, natural, p)
    np.testing.assert_allclose(background, [800.0, 0.0], atol=1e-6)


def test_telework_breaks_in_2020():
    p = DEFAULTS["telework"]
    share = [
        drivers.telework_share(month_number(m), p)
        for m in ("2018-01", "2020-03", "2021-02", "2022-01", "2035-01")
    ]
    assert share == pytest.approx([0.10, 0.10, 0.225, 0.35, 0.35])


def test_lease_breaks_come_after_three_six_and_nine_years():
    p = DEFAULTS["relocation"]
    full = [m for m in range(1, 120) if relocation.lease_factor(m, p) == 1.0]
    assert full == [36, 72, 108]
    assert relocation.lease_factor(0, p) == p.off_break


# -- the base year


def test_rank_sizes_add_up():
    sizes = rank_sizes(2960, 329, 220)
    assert sizes.sum() == 2960 and len(sizes) == 329
    assert sizes[0] == 220 and sizes[-1] >= 1
    assert (np.diff(sizes) <= 0).all()


def test_zone_constants_solve_a_region_of_two_zones():
    mass = np.array([[3.0, 1.0], [1.0, 4.0]])
    weight, target = np.array([2.0, 1.0]), np.array([0.3, 0.7])
    constant = zone_constants.fixed_point(mass, weight, target)
    share = mass * np.exp(constant)
    share /= share.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(weight @ share / 3.0, target, atol=1e-5)


def test_outside_utility_gives_the_share():
    logsum, weight = np.array([1.0, 5.0, -2.0]), np.array([1.0, 2.0, 3.0])
    v = base_year.outside_utility(logsum, weight, 0.4, 0.15)
    share = np.average(1 / (1 + np.exp(0.4 * logsum - v)), weights=weight)
    assert share == pytest.approx(0.15)


def test_the_chain_of_sizes_keeps_firms_and_means():
    g = DEFAULTS["growth"]
    size = np.exp(np.arange(math.log(0.5), math.log(4000), demography.STEP))
    move = demography.transition(0.02, size, g)
    np.testing.assert_allclose(move.sum(axis=1), 1.0)
    middle = (size > 20) & (size < 500)
    grown = (move @ size)[middle] / size[middle]
    np.testing.assert_allclose(grown, math.exp(0.02 / 12), atol=2e-4)


def test_initial_firms_have_stationary_leases_and_ages():
    model = MediaparkModel("reference", rng=0)
    free = ~model.firms.anchor
    lease = model.firms.lease[free] % 36
    # About 1,100 firms over three years: no month holds more than 3 times its share.
    assert np.bincount(lease).max() < 3 * len(lease) / 36
    young = (model.firms.age[free] < 12).mean()
    assert 0.04 < young < 0.12


def test_fact_12_subsidy_draws_more_until_floor_space_is_exhausted(offer, fact):
    """Three hundred newborn firms, one subsidised cell with room for twenty of them."""
    model, offered = offer
    n, cell, need = 300, int(model.region.places["vrt"][0]), 51.0
    offered = offered._replace(subsidised=np.array([cell]))
    before = [a.copy() for a in (offered.media, offered.attraction, offered.subsidy)]
    taken = []
    for share in (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9):
        offered.media[:], offered.attraction[:], offered.subsidy[:] = before
        offered.media[cell] = offered.stock[cell] - offered.background[cell] - 20 * need
        offered.attraction[:, cell] *= 20.0  # so that the cell can fill at all
        offered.subsidy[cell], offered.subsidy_max_jobs[cell] = share, 99
        offered.subsidy_open[:, cell] = True
        chosen = choice_kernels.choose(
            np.arange(n), np.full(n, 1, np.int8), np.zeros(n, np.int8),
            np.full(n, 3, np.int32), np.full(n, need), np.full(n, -1, np.int32),
            np.zeros(n, np.int64), np.zeros(n), np.full((n, 3), -1, np.int64),
            addresses(n), offered, np.full(3, -1e9), 0.3, np.zeros(len(before[0])),
            1, 4,
        )  # fmt: skip
        taken.append(int((chosen == cell).sum()))
    for target, values in zip(
        (offered.media, offered.attraction, offered.subsidy), before, strict=True
    ):
        target[:] = values
    assert taken == sorted(taken)
    assert taken[0] < 15 and taken[-3:] == [20, 20, 20], taken
    fact("12b", "firms in a cell with room for 20, at the highest subsidies",
         taken[-1], 20, 20)  # fmt: skip
