"""A posterior as runs, comparisons and sweeps use it."""

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments.draws import (
    Sampling,
    Variant,
    draw_parameters,
    redrawn,
    requests_for,
    with_draw,
)
from experiments.keys import NO_DRAW
from experiments.posterior import read_posterior
from experiments.sweep.plan import make_plan
from experiments.sweep.reading import read_design
from mediapark.api import load_scenario
from mediapark.cli import app
from mediapark.comparing import command_of
from mediapark.options import Ground
from mediapark.posteriors import load_posterior
from mediapark.running import request_of
from model.errors import InputError
from model.simulation import CATALOGUE
from tests.replicates import SMALL

NAMES = ["site.rent", "choice.keep"]


def write(folder, **changes):
    """Four draws, the third of which has half of the weight."""
    table = pd.DataFrame(
        [[-1.0, 1.2, 0.1], [-1.5, 1.5, 0.2], [-2.0, 1.8, 0.5], [-3.0, 2.5, 0.2]],
        columns=[*NAMES, "weight"],
    )
    manifest = {"format": "mediapark-posterior/1", "name": "mine", "synthetic": True}
    folder.mkdir(exist_ok=True)
    changes.get("table", table).to_csv(folder / "draws.csv", index=False)
    manifest |= changes.get("manifest", {})
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@pytest.fixture
def posterior(tmp_path):
    return read_posterior(write(tmp_path / "mine"))


def test_draws_are_rows_by_their_weights_and_always_the_same(posterior):
    drawn = [posterior.draw(index) for index in range(2000)]
    assert drawn[7] == posterior.draw(7)
    rows = {(-1.0, 1.2), (-1.5, 1.5), (-2.0, 1.8), (-3.0, 2.5)}
    assert {tuple(one.values()) for one in drawn} == rows
    share = np.mean([one["site.rent"] == -2.0 for one in drawn])
    # Half of 2,000: 4 standard errors of 0.011.
    assert share == pytest.approx(0.5, abs=0.045)
    assert "site.rent" not in posterior.draw(0, keep=["site.rent"])


def test_the_median_draw_is_a_draw(posterior):
    assert posterior.median() == {"site.rent": -2.0, "choice.keep": 1.8}


def test_a_comparison_draws_from_it_what_it_holds(posterior):
    variants = [Variant(load_scenario(name)) for name in ("reference", "committed")]
    sampling = Sampling(4, posterior=posterior)
    requests = requests_for(variants, sampling)
    for request in requests:
        given = request.scenario.given
        assert {n: given[n] for n in NAMES} == posterior.draw(request.draw)
        others = draw_parameters(request.draw)
        for name in set(others) - set(NAMES):
            assert given[name] == others[name]
    plain = requests_for(variants, dataclasses.replace(sampling, posterior=None))
    assert {r.key for r in requests}.isdisjoint(r.key for r in plain)


def test_fixed_takes_the_median_draw_and_a_scenarios_own_value_stays(posterior):
    given = load_scenario("reference", settings={"site.rent": -0.5})
    sampling = Sampling(1, fixed=True, posterior=posterior)
    (request,) = requests_for([given], sampling)
    assert request.scenario.given["site.rent"] == -0.5
    assert request.scenario.given["choice.keep"] == 1.8


def test_replicates_of_a_room_are_other_draws_of_what_the_room_was_given(posterior):
    given = load_scenario("reference", settings={"site.rent": -0.5})
    shown = with_draw(given, NO_DRAW, posterior)
    drawn = [redrawn(shown, n, posterior).given for n in range(200)]
    usual = CATALOGUE["choice.keep"].default  # is not among what is given
    assert {one.get("choice.keep", usual) for one in drawn} == {1.2, 1.5, 1.8, 2.5}
    assert redrawn(shown, 3, posterior).given["site.rent"] == -0.5


def test_the_command_of_a_run_repeats_it(tmp_path):
    place = str(write(tmp_path / "mine"))
    posterior = load_posterior(place)
    ground = Ground(0, "2018-03", 1.0, "250", (), None, place)
    variants = [Variant(load_scenario("tram", until="2018-03"), ground.words("tram"))]
    request = requests_for(variants, Sampling(3, posterior=posterior))[2]
    assert f"--posterior {place}" in request.command
    again = request_of("tram", dataclasses.replace(ground, key=2), request.draw)
    assert again.key == request.key
    words = command_of(variants, Sampling(3, posterior=posterior), True)
    assert f"--posterior {place}" in words


DESIGN = """
name: two
question: Does it matter?
scenarios: [reference]
until: 2018-02
grid: GRID
uncertainties: [site.rent]
method: {kind: latin-hypercube, points: 3}
"""


def test_a_sweep_takes_from_it_what_it_does_not_vary(posterior, tmp_path):
    path = tmp_path / "two.yaml"
    path.write_text(DESIGN.replace("GRID", str(SMALL)), encoding="utf-8")
    design = read_design(path)
    mine = dataclasses.replace(design, posterior=posterior)
    assert mine.identity != design.identity
    plan, rents = make_plan(mine), []
    for row in range(len(plan)):
        request = plan.request(row)
        given = request.scenario.given
        drawn = posterior.draw(request.replicate)
        assert given["choice.keep"] == drawn["choice.keep"]
        assert f"choice.keep={given['choice.keep']!r}" in request.command
        rents.append(given["site.rent"])
    assert rents == mine.sample[:, 0].tolist()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"manifest": {"format": "other"}}, "is no posterior"),
        ({"manifest": {"synthetic": None}}, "does not say whether it is synthetic"),
        ({"table": pd.DataFrame({"site.rent": [-1, -2]})}, "has no weights"),
        ({"table": pd.DataFrame({"site.rnt": [-1, -2], "weight": 1})}, "site.rent"),
        ({"table": pd.DataFrame({"site.rent": [-1, 9], "weight": 1})}, "draws.csv:3"),
        ({"table": pd.DataFrame({"site.rent": [-1, -2], "weight": 0})}, "all zero"),
        ({"table": pd.DataFrame({"site.rent": [-1], "weight": [1]})}, "too few"),
    ],
)
def test_a_posterior_that_cannot_be_used_is_refused(tmp_path, changes, told):
    with pytest.raises(InputError) as error:
        read_posterior(write(tmp_path / "bad", **changes))
    assert told in str(error.value)


def test_an_unknown_posterior_ends_with_its_fault_and_code_2():
    done = CliRunner().invoke(app, ["run", "reference", "--posterior", "nobodys"])
    assert done.exit_code == 2
    assert "--posterior: is no posterior" in done.stderr
    assert "Traceback" not in done.output


def test_results_and_report_say_which_posterior_and_that_it_is_synthetic(tmp_path):
    place, out = str(write(tmp_path / "mine")), tmp_path / "out"
    words = ["compare", "reference", "committed", "--replicates", "2", "--one-way"]
    words += ["--until", "2018-02", "--grid", str(SMALL), "--workers", "1"]
    done = CliRunner().invoke(app, [*words, "--posterior", place, "--out", str(out)])
    assert done.exit_code == 0, done.output
    (noted,) = json.loads((out / "manifest.json").read_text("utf-8"))["posteriors"]
    assert noted["name"] == "mine" and noted["synthetic"] is True
    page = (out / "report.html").read_text("utf-8")
    assert "SYNTHETIC: calibrated parameters are drawn from the posterior" in page
    assert f"--posterior {place}" in page
