"""The model as a person who knows Mesa meets it, and the laws that it keeps."""

from __future__ import annotations

import mesa
import numpy as np
import pandas as pd
import pytest

from model.agents import Community, Employee, Firm, Freelancer
from model.errors import InputError, ModelError, ScenarioError
from model.processes.state import EMPLOYEE
from model.simulation import SCHEDULE, MediaparkModel


@pytest.fixture(scope="module")
def full() -> MediaparkModel:
    model = MediaparkModel("committed", rng=1)
    for _ in range(12):
        model.step()
    return model


def test_it_is_a_mesa_model_at_full_scale(full):
    assert isinstance(full, mesa.Model)
    kinds = full.agents_by_type
    assert len(kinds[Firm]) == len(full.firms) > 900
    assert len(kinds[Employee]) > 13_000
    # 1,344 in the base year; some 20 come and go in a month, at random: within 5 s.d.
    assert abs(len(kinds[Freelancer]) - 1344) < 5 * 20
    assert len(kinds[Community]) >= 7
    assert len(full.agents) == len(full.firms) + len(full.people) + len(
        full.communities
    )
    assert full.month == "2018-12"


def test_mesa_ways_of_asking_tell_the_same_as_the_columns(full):
    firms = full.agents_by_type[Firm]
    assert firms.agg("jobs", sum) == full.firms.jobs.sum()
    large = firms.select(lambda firm: firm.jobs >= 100)
    assert len(large) == (full.firms.jobs >= 100).sum()
    assert (
        firms.groupby("subsector").count()
        == pd.Series(full.firms.subsector).value_counts().to_dict()
    )
    collected = full.datacollector.get_model_vars_dataframe()
    assert len(collected) == 13
    assert collected["jobs"].iloc[-1] == full.firms.jobs.sum()


def test_anchors_stand_at_their_places(full):
    vrt = next(
        firm
        for firm in full.agents_by_type[Firm]
        if firm.name == full.state.named_firms.index("vrt")
    )
    assert vrt.jobs == 2143 and vrt.anchor
    assert vrt.cell == full.region.places["vrt"][0]


def test_members_of_communities_are_live_workers(full):
    memberships = full.memberships
    assert (full.people.rows(memberships.person) >= 0).all()
    community = int(full.communities.slot[0])
    members = memberships.members(community)
    graph = memberships.as_networkx()
    assert 0 < len(members) == graph.degree[("community", community)]


@pytest.mark.parametrize("key", ["a key", -1, 1.5, True, None, 2**64])
def test_a_whole_number_is_needed_as_key(key):
    with pytest.raises(InputError, match="rng: is no replicate key"):
        MediaparkModel("reference", rng=key)


@pytest.mark.parametrize("scale", [0, -0.5, 1.5, "half", float("nan")])
def test_a_scale_is_a_share(scale):
    with pytest.raises(InputError, match="scale: is no scale"):
        MediaparkModel("reference", scale=scale)


def test_numpy_whole_numbers_are_keys_too(small_model):
    a, b = small_model(rng=np.int64(3)), small_model(rng=3)
    assert (a.firms.cell == b.firms.cell).all()


def test_a_scenario_that_has_ended_has_no_month_left(small_model, scenario):
    model = small_model(scenario("reference").with_until("2018-02"))
    model.run_model()
    with pytest.raises(ScenarioError, match="no month left"):
        model.step()


def staff_by_firm(model):
    people = model.people
    employed = people.employer[(people.kind == EMPLOYEE) & (people.employer >= 0)]
    return np.bincount(model.firms.rows(employed), minlength=len(model.firms))


def test_every_job_is_held_by_one_employee(full, small_model):
    assert (staff_by_firm(full) == full.firms.jobs).all()
    model = small_model("full-plan", 3)
    for _ in range(24):
        model.step()
        assert (staff_by_firm(model) == model.firms.jobs).all()


def test_firms_and_floor_space_are_accounted_for(small_model):
    model = small_model("incubator", 2)
    before = set(model.firms.address.tolist())
    for _ in range(36):
        model.step()
        cells = model.cells
        held = np.bincount(model.firms.cell, model.firms.space, len(cells.stock))
        np.testing.assert_allclose(held, cells.media, atol=1e-6)
        assert (cells.media + cells.background <= cells.stock + 1e-6).all()
        assert (cells.background >= -1e-9).all()
    moves = model.outcome().moves
    came = moves[moves.kind.isin(["birth", "arrival"])].firm
    left = moves[moves.kind.isin(["closure", "departure"])].firm
    assert came.is_unique and left.is_unique
    assert set(model.firms.address.tolist()) == (before | set(came)) - set(left)


def test_a_broken_capacity_is_a_model_error(small_model):
    model = small_model()
    cell = int(np.argmax(model.cells.media))
    model.cells.stock[cell] = model.cells.media[cell] / 2
    with pytest.raises(ModelError, match=f"cell {cell}"):
        model.step()


def same(a, b) -> bool:
    return all(
        getattr(a, name).equals(getattr(b, name))
        for name in ("indicators", "moves", "firms", "cells", "events")
    )


def test_the_key_is_all_that_chance_depends_on(small_model, scenario):
    short = scenario("committed").with_until("2019-06")
    first, again = (small_model(short, 5).run_model() for _ in range(2))
    other = small_model(short, 6).run_model()
    assert same(first, again)
    assert not first.moves.equals(other.moves)


def test_one_firm_more_disturbs_nobody(small_model):
    quiet = {
        "growth.access_effect": 0.0,
        "growth.knowledge_effect": 0.0,
        "closure.crowding_effect": 0.0,
    }
    plain, crowded = small_model(rng=4, **quiet), small_model(rng=4, **quiet)
    row = np.flatnonzero(~crowded.firms.anchor)[0]
    columns = {name: crowded.firms[name][row].copy() for name in crowded.firms.declared}
    crowded.firms.add(1, **columns | {"address": np.uint64(2**63)})
    crowded.cells.media[columns["cell"]] += columns["space"]
    crowded.cells.stock[columns["cell"]] += columns["space"]
    for _ in range(24):
        plain.step()
        crowded.step()
    a = pd.Series(plain.firms.jobs, plain.firms.address)
    b = pd.Series(crowded.firms.jobs, crowded.firms.address)
    both = a.index.intersection(b.index)
    assert len(both) > 0.9 * len(a)
    assert (a[both] == b[both]).all()


def test_the_month_is_a_list(full):
    names = [process.name for process in SCHEDULE]
    assert names[0] == "levers" and len(set(names)) == len(names)
    for process in SCHEDULE:
        module = __import__(process.apply.__module__, fromlist=["x"])
        assert module.__doc__ and process.apply.__doc__


def test_scale_samples_the_population(scenario):
    half = MediaparkModel(scenario("reference"), rng=0, scale=0.5)
    # 1,083 firms without a name, each kept with chance 0.5: s.e. 16; four of them.
    assert abs(len(half.firms) - 560) < 80
    assert half.cells.stock.sum() == pytest.approx(
        0.5 * half.region.stock_m2.sum() + half.cells.captive.sum(), rel=0.02
    )


def test_a_lever_off_the_grid_is_refused(small_grid, scenario):
    with pytest.raises(ScenarioError, match="grid 'reyers_12x12' does not hold"):
        MediaparkModel(scenario("polycentric"), rng=0, grid=small_grid)
    with pytest.raises(ScenarioError, match="unknown place"):
        MediaparkModel("polycentric", rng=0, grid=small_grid)
