"""What paired runs promise: no lever, no difference; a policy stays where it acts."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from model.scenario import read_scenario
from model.simulation import MediaparkModel, vocabulary

NOTHING = """
name: nothing
title: {en: Nothing, fr: Rien, nl: Niets}
summary: {en: Levers of size zero., fr: Leviers nuls., nl: Hefbomen van nul.}
base: reference
sources: [assumed]
levers:
  space: {kind: floor_space, title: none, at: 2018-03, where: mediapark, m2: 0,
          source: assumed, nature: assumed}
  rent: {kind: rent_subsidy, title: none, at: 2018-02, until: 2019-01, where: reyers,
         share: 0, source: assumed, nature: assumed}
  tram: {kind: transit, title: none, at: 2018-05, where: reyers, minutes_saved: 0,
         source: assumed, nature: assumed}
  park: {kind: quality, title: none, at: 2018-04, where: mediapark, change: 0,
         source: assumed, nature: assumed}
  staff: {kind: anchor_jobs, title: none, at: 2018-06, who: vrt, factor: 1,
          source: assumed, nature: assumed}
  rooms: {kind: community_support, title: none, at: 2018-02, until: 2019-06,
          where: reyers, eur_year: 0, source: assumed, nature: assumed}
  desks: {kind: coworking, title: none, at: 2018-03, until: 2019-02, where: reyers,
          desks: 0, price_eur_month: 100, source: assumed, nature: assumed}
  home: {kind: telework, title: none, at: 2018-04, until: 2019-03, change: 0,
         source: assumed, nature: assumed}
  courses: {kind: skills_programme, title: none, at: 2018-02, participants_year: 0,
            subsector: digital, points: 5, source: assumed, nature: assumed}
  lessons: {kind: skills_programme, title: none, at: 2018-02, participants_year: 300,
            subsector: press, points: 0, source: assumed, nature: assumed}
"""

AT_REYERS = """
name: at-reyers
title: {en: At Reyers, fr: A Reyers, nl: Aan Reyers}
summary: {en: A strong policy at once., fr: Tout de suite., nl: Meteen.}
base: reference
sources: [assumed]
levers:
  rent: {kind: rent_subsidy, title: half, at: 2018-01, where: mediapark, share: 0.5,
         source: assumed, nature: assumed}
  park: {kind: quality, title: park, at: 2018-01, where: mediapark, change: 1,
         source: assumed, nature: assumed}
  space: {kind: floor_space, title: space, at: 2018-01, where: mediapark, m2: 20000,
          source: assumed, nature: assumed}
"""


@pytest.fixture
def written(tmp_path):
    def write(text: str):
        path = tmp_path / f"{re.search('name: (.*)', text)[1]}.yaml"
        path.write_text(text, encoding="utf-8")
        return read_scenario(path, vocabulary())

    return write


def test_levers_of_size_zero_change_nothing_at_all(written, scenario):
    nothing = written(NOTHING).with_until("2019-12")
    plain = scenario("reference").with_until("2019-12")
    a = MediaparkModel(plain, rng=8).run_model()
    b = MediaparkModel(nothing, rng=8).run_model()
    assert len(b.events) > len(a.events)
    for name in (
        "indicators", "moves", "firms", "cells", "meetings", "communities",
        "encounters",
    ):  # fmt: skip
        pd.testing.assert_frame_equal(getattr(a, name), getattr(b, name))
    difference = a.indicators.value.to_numpy() - b.indicators.value.to_numpy()
    assert (difference == 0.0).all()


def first_month(scenario, key):
    model = MediaparkModel(scenario, rng=key)
    model.step()
    moves = model.outcome().moves
    chosen = moves[moves.kind != "closure"].set_index("firm")
    return model, chosen.assign(
        to_cell=chosen.to_cell.where(chosen.kind != "departure", -1)
    )


def test_in_the_first_month_a_policy_draws_firms_to_what_it_touched_only(
    written, scenario
):
    policy, plain = written(AT_REYERS), scenario("reference")
    drawn = indirect = 0
    for key in range(12):
        model, with_policy = first_month(policy, key)
        other, without = first_month(plain, key)
        touched = set(model.region.places["mediapark"].tolist())
        moved_space = np.flatnonzero(model.cells.media != other.cells.media)
        for firm in with_policy.index.union(without.index):
            new = int(with_policy.to_cell.get(firm, -9))
            old = int(without.to_cell.get(firm, -9))
            if new == old:
                continue
            if new in touched:
                drawn += 1
                continue
            # Only floor space that another switcher freed or took explains the rest.
            assert new in moved_space or old in moved_space
            indirect += 1
    assert drawn >= 5
    assert indirect <= drawn / 4


def test_a_policy_fires_once_and_is_logged(written):
    rule = """
name: rule
title: {en: Rule, fr: Regle, nl: Regel}
summary: {en: Help., fr: Aide., nl: Hulp.}
base: reference
sources: [assumed]
policies:
  help:
    title: help
    source: assumed
    nature: assumed
    when: {indicator: vacancy, zone: reyers, above: 0.10, from: 2018-03, for_months: 2}
    then:
      relief: {kind: rent_subsidy, title: relief, after_months: 1, lasts_months: 6,
               where: reyers, share: 0.2, source: assumed, nature: assumed}
"""
    model = MediaparkModel(written(rule).with_until("2019-06"), rng=0)
    events = model.run_model().events
    assert events.lever.tolist() == ["help", "relief", "relief"]
    # Looked at in March and April (each time at the month before), then a month on;
    # six months of relief, and the end is logged in the month after them.
    assert events.month.tolist() == ["2018-04", "2018-05", "2018-11"]
    assert "vacancy in reyers" in events.what.iloc[0]
    assert model.cells.subsidy.max() == 0.0
    assert model.history.cost.sum() > 0.0


def test_delays_are_drawn_once_per_replicate_and_shared(written):
    late = AT_REYERS.replace(
        "m2: 20000,", "m2: 20000, delay_months: {low: 1, mode: 3, high: 9},"
    )
    scenario = written(late).with_until("2018-12")
    months = [
        MediaparkModel(scenario, rng=key).run_model().events.query("lever == 'space'")
        for key in (1, 1, 2, 3, 4)
    ]
    first = [frame.month.iloc[0] for frame in months]
    assert first[0] == first[1]
    assert len(set(first)) > 1
    assert all("2018-02" <= month <= "2018-10" for month in first)
    assert all("months late" in frame.what.iloc[0] for frame in months)


def test_an_anchor_that_leaves_takes_its_jobs(scenario):
    model = MediaparkModel(
        scenario("reference", overrides=["vrt-out"]).with_until("2030-12"),
        rng=0,
    )
    at = model.history
    model.run_model()
    assert not (model.firms.name == model.state.named_firms.index("vrt")).any()
    zone = model.region.zone_at("reyers")
    month = 12 * 12 + 6  # June 2030, counted from the base state
    lost = at.jobs[month - 1, zone].sum() - at.jobs[month, zone].sum()
    assert 2100 < lost < 2200
