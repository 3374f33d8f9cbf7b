"""The band behind the line is made of the runs that it says."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

import mediapark as mp
from live.ensemble import HIGH, LOW, Band, Ensemble
from live.words import all_words
from tests.live_rooms import KEY, Served
from tests.small_runs import SMALL

WANTED, LAST = 2, "2018-08"


def test_a_band_spans_the_quantiles_of_its_runs():
    band = Band()
    for value in (1.0, 2.0, None, 4.0):
        band.keep([{"jobs": value}])
    low, high = band.quantiles()
    assert low["jobs"] == high["jobs"] == [None]  # one of them tells nothing
    band.begin("another")
    assert band.told == [] and band.quantiles() == ({}, {})
    for value in range(11):
        band.keep([{"jobs": float(value)}])
    low, high = band.quantiles()
    assert (low["jobs"], high["jobs"]) == ([10 * LOW], [10 * HIGH])


@pytest.mark.parametrize(
    ("synthetic", "spread"), [(None, "luck"), (False, "survey"), (True, "synthetic")]
)
def test_a_band_says_what_it_spans_in_three_languages(synthetic, spread):
    posterior = None
    if synthetic is not None:
        posterior = SimpleNamespace(name="mine", synthetic=synthetic)
    ensemble = Ensemble(SimpleNamespace(seats={}), 20, 1, posterior)
    assert ensemble.state()["spread"] == spread
    for key in (f"ensemble.spans.{spread}", f"report.band.{spread}"):
        words = all_words()[key]
        assert ("synth" in words["fr"]) == (spread == "synthetic")
        assert ("hasard seul" in words["fr"]) == (key == "ensemble.spans.luck")


@pytest.mark.slow
def test_replicates_are_runs_with_other_keys_of_the_levers_as_they_stand(tmp_path):
    room = Served(("full-plan",), tmp_path, until=LAST, replicates=WANTED)
    with room as served, served.facilitator() as desk:
        desk.until(lambda: desk.state.get("ready"))
        values = {"where": ["reyers"], "share": 0.5}
        desk.done("edit", run="A", kind="rent_subsidy", values=values)
        desk.done("ensemble", on=True)
        desk.until(lambda: desk.state["ensemble"]["done"] == WANTED)
        desk.until(lambda: desk.bands["A"]["runs"] == WANTED)
        first = desk.bands["A"]
        scenario = served.coordinator.seats["A"].scenario
        told = []
        for key in range(KEY + 1, KEY + 1 + WANTED):
            table = mp.run(scenario, key, grid=SMALL).indicators
            here = (table["zone"] == "reyers") & (table["subsector"] == "all")
            told.append(table[here & (table["indicator"] == "jobs")]["value"])
        expected = np.quantile(np.array(told), (LOW, HIGH), axis=0)
        assert first["low"]["jobs@reyers"] == pytest.approx(expected[0])
        assert first["high"]["jobs@reyers"] == pytest.approx(expected[1])
        desk.done("edit", run="A", kind="telework", values={"change": 0.2})
        desk.until(lambda: desk.bands["A"]["runs"] == 0)  # another policy: anew
        desk.until(lambda: desk.bands["A"]["runs"] == WANTED)
        assert desk.bands["A"]["low"] != first["low"]
        desk.done("ensemble", on=False)
        json.dumps(desk.state)
