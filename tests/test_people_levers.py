"""What levers for people do, and that it is undone when they end."""

from __future__ import annotations

import math

import numpy as np
import pytest

from model.processes import communities, levers, space_market
from model.processes.lever_effects import cells_of, heart_of
from model.processes.state import FREELANCER, SUBSECTORS
from model.simulation import CATALOGUE, MediaparkModel
from tests.replicates import Spec, read

DEFAULTS = CATALOGUE.values()
DESKS = (
    "kind: coworking, at: 2018-03, until: 2018-12, where: [vrt, frame], desks: 80, "
    "price_eur_month: 0"
)
ROOMS = (
    "kind: community_support, at: 2018-03, until: 2019-06, where: reyers, "
    "eur_year: 40000, rooms: 2, facilitators: 0.5"
)
HOME = "kind: telework, at: 2018-03, until: 2018-05, change: 0.2"
COURSES = (
    "kind: skills_programme, at: 2018-01, participants_year: 120, subsector: digital, "
    "points: 2"
)


@pytest.fixture
def with_lever(small_grid):
    def build(lever: str, months: int = 0, key: int = 0, **given: float):
        scenario = read(Spec(lever=lever)).with_until("2020-12").with_parameters(given)
        model = MediaparkModel(scenario, rng=key, grid=small_grid)
        for _ in range(months):
            model.step()
        return model

    return build


def stepped(model: MediaparkModel, months: int) -> MediaparkModel:
    for _ in range(months):
        model.step()
    return model


# -- coworking


def test_a_coworking_space_opens_fills_and_closes(with_lever):
    model = with_lever(DESKS, 2)
    spaces, people = model.state.society.coworking, model.people
    before = len(spaces.cell)
    stepped(model, 10)
    assert spaces.cell[before:].tolist() == [
        heart_of(model.state, "vrt"), heart_of(model.state, "frame")
    ]  # fmt: skip
    assert spaces.desks[before:].tolist() == [40, 40]
    assert (spaces.price[before:] == 0.0).all()
    sits = people.works_at[people.kind == FREELANCER]
    held = np.bincount(sits[sits >= 0], minlength=before + 2)[before:]
    assert (held > 0).all() and (held <= 40).all()
    zone = model.region.zone_at("reyers")
    assert model.history.coworkers[model.steps, zone] >= held.sum()
    model.step()  # January 2019: closed
    assert spaces.desks[before:].tolist() == [0, 0]
    assert not np.isin(people.works_at, [before, before + 1]).any()
    stepped(model, 6)
    assert not np.isin(people.works_at, [before, before + 1]).any()


# -- telework


def test_telework_is_added_while_it_lasts(with_lever, small_model):
    with_it, without = with_lever(HOME), small_model()
    p = DEFAULTS["space"]
    for month in range(1, 7):
        with_it.step()
        without.step()
        more = 0.2 if month in (3, 4, 5) else 0.0
        assert with_it.state.telework == pytest.approx(without.state.telework + more)
        assert space_market.space_per_job(with_it.state) == pytest.approx(
            space_market.space_per_job(without.state)
            - p.m2_per_job * p.telework_saving * more
        )
    assert with_it.state.telework_change == 0.0


def test_telework_stays_a_share(with_lever):
    model = with_lever(HOME.replace("0.2", "1.0"), 3)
    assert model.state.telework == 1.0
    model = with_lever(HOME.replace("0.2", "-1.0"), 3)
    assert model.state.telework == 0.0


# -- skills


def test_a_twelfth_of_the_participants_learn_each_month(with_lever):
    model = with_lever(COURSES)
    state, people = model.state, model.people
    pull = state.programme.pulls[0]
    category = SUBSECTORS.index("digital")
    before, taught = people.knowledge.copy(), []
    for _ in range(12):
        start = people.knowledge[:, category].sum(dtype=float)
        levers.go_on(pull.lever, state, pull)
        taught.append((people.knowledge[:, category].sum(dtype=float) - start) / 2)
        state.month += 1
    # Ten a month, less those who have left since the circle was dealt.
    assert max(taught) <= 10.01 and sum(taught) > 0.8 * 120
    others = np.arange(8) != category
    np.testing.assert_array_equal(people.knowledge[:, others], before[:, others])


def test_what_is_taught_stays_known_for_a_while(with_lever, small_model):
    """Paired: the trade knows more; it fades, but is not taken away at the end."""
    courses = COURSES.replace("2018-01", "2018-01, until: 2018-12").replace(
        "120", "2400"
    )
    with_it, without = with_lever(courses, 12), stepped(small_model(), 12)
    category = SUBSECTORS.index("digital")

    def gap():
        known = [m.people.knowledge[:, category].mean() for m in (with_it, without)]
        return known[0] - known[1]

    taught = gap()
    assert taught > 0.1
    stepped(with_it, 12), stepped(without, 12)
    assert 0.3 * taught < gap() < 2.0 * taught


# -- support of communities


def test_support_opens_rooms_gives_energy_and_ends(with_lever, small_model):
    model = with_lever(ROOMS, 2)
    state, venues = model.state, model.state.society.venues
    assert venues.rooms.sum() == 0.0
    assert (model.communities.support == 0.0).all()
    stepped(model, 6)
    assert venues.rooms.sum() == 2.0
    cells = cells_of(state, ("reyers",))
    assert np.isin(venues.cell[venues.rooms > 0], cells).all()
    here = np.isin(model.communities.venue, cells)
    assert here.any() and (model.communities.support[~here] == 0.0).all()
    assert (model.communities.support[here] > 0.0).all()
    stepped(model, 9)  # May 2019
    groups = model.communities
    groups.room[0], groups.host[0] = True, -1
    groups.venue[0] = venues.cell[venues.rooms > 0][0]
    model.step()  # June, the last month
    model.step()
    assert venues.rooms.sum() == 0.0
    assert not model.communities.room.any()
    assert (model.communities.support == 0.0).all()
    assert model.history.supported[model.steps].sum() == 0.0
    assert model.history.supported[model.steps - 1].sum() > 0.0


def test_support_is_room_host_and_grant_a_third_each(with_lever):
    model = with_lever(ROOMS, 4)
    state, groups = model.state, model.communities
    p = DEFAULTS["communities"]
    here = np.isin(groups.venue, cells_of(state, ("reyers",)))
    groups.room[:] = False
    groups.room[np.flatnonzero(here)[0]] = True
    communities.give_support(state, p)
    count = here.sum()
    host = min(1.0, 0.5 * p.groups_per_host / count)
    money = min(1.0, 40_000 / p.grant / count)
    expected = np.where(here, (host + money + groups.room) / 3.0, 0.0)
    np.testing.assert_allclose(groups.support, expected)


def test_two_programmes_for_the_same_groups_meet_a_need_once(with_lever):
    model = with_lever(ROOMS.replace("40000", "10000000"), 4)
    here = np.isin(model.communities.venue, cells_of(model.state, ("reyers",)))
    communities.give_support(model.state, DEFAULTS["communities"])
    assert model.communities.support[here].max() <= 1.0
    assert model.communities.support[here].min() >= 1 / 3


def test_a_place_without_a_venue_becomes_one(with_lever):
    lever = ROOMS.replace("where: reyers", "where: [meiser, diamant]")
    model = with_lever(lever, 2)
    venues = model.state.society.venues
    before = len(venues.cell)
    model.step()
    assert len(venues.cell) == before + 2
    assert venues.rooms[-2:].tolist() == [1.0, 1.0]
    assert math.isclose(venues.rooms.sum(), 2.0)
