"""The page of a validation, and what commands say of pyABC and of settings."""

import json
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from calibration.identified import Marginal
from calibration.targets import shipped_targets
from calibration.validation.page import Validation, render, write_validation
from calibration.validation.predictive import Drawn, Verdict, met_share
from mediapark.cli import app

FACTS = {
    "synthetic": True,
    "by": "ABC-SMC",
    "waves": [{"trials": 90, "prior left": 0.25}],
    "generations": [{"temperature": 1.0, "accepted": 100.0, "candidates": 400.0}],
    "draws": 100,
    "effective draws": 41.5,
    "ground": {"scenario": "committed", "until": "2020-12", "scale": 1.0},
}


def target(name):
    return next(one for one in shipped_targets() if one.id == name)


def found():
    verdicts = [
        Verdict(target("P01"), 0.05, 0.06, 0.07, 40),
        Verdict(target("P04"), 0.28, 0.32, 0.36, 40),
        Verdict(target("T17b"), 60, 72, 90, 40),
        Verdict(target("P13"), 0.0, 0.004, 0.01, 10),
        Verdict(target("T41"), np.nan, np.nan, np.nan, 0),
        Verdict(target("T38"), 1.2, 1.3, 1.4, 40),
    ]
    marginals = [
        Marginal("relocation.rate", 0.05, 0.09, 0.058, 0.063, 0.07, 0.7),
        Marginal("site.rent", -2.1, -0.9, -2.0, -1.5, -0.9, 0.08),
    ]
    return Validation(
        "mine", FACTS, verdicts, marginals, shipped_targets(), 40, 10, "mediapark x"
    )


def test_a_target_is_met_by_the_median_and_covered_by_the_interval():
    near, off, wide, *_ = found().verdicts
    assert near.met and near.covered
    assert not off.met and not off.covered
    assert not wide.met and wide.covered
    assert met_share(found().verdicts, "held out") == (0, 3)
    assert met_share(found().verdicts, "fitted") == (1, 2)


def test_misses_are_named_with_their_size_the_largest_first():
    names = [one.target.id for one in found().misses]
    assert names == ["P13", "P04", "T17b", "T41"]
    page = render(found())
    assert "+2.5" in page and "−3.6" in page
    assert "Fitted targets: 1 of 2 are met" in page


def test_the_page_says_what_is_synthetic_unidentified_and_cannot_be_compared(tmp_path):
    page = write_validation(found(), tmp_path).read_text("utf-8")
    assert "SYNTHETIC: priors rest on a synthetic survey" in page
    assert "The targets do not identify site.rent" in page
    for one in shipped_targets():
        if one.why_not:
            assert one.id in page
    assert "src=" not in page and "http" not in page
    tables = {path.name for path in tmp_path.glob("*.csv")}
    assert tables == {"validation-targets.csv", "validation-parameters.csv"}


def test_draws_are_taken_evenly_by_weight():
    points = np.arange(4.0)[:, None]
    drawn = Drawn(("x",), points, np.array([0.1, 0.2, 0.5, 0.2]))
    assert drawn.evenly(10)[:, 0].tolist() == [0, 1, 1, 2, 2, 2, 2, 2, 3, 3]


def test_without_pyabc_the_command_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyabc", None)
    out = tmp_path / "fit"
    done = CliRunner().invoke(app, ["calibrate", "--out", str(out)])
    assert done.exit_code == 2
    assert "pip install 'mediapark[calibrate]'" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not out.exists()


def test_quick_and_reduced_exclude_each_other(tmp_path):
    words = ["calibrate", "--quick", "--reduced", "--out", str(tmp_path / "fit")]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2 and "cannot be said at once" in done.stderr


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    out = str(tmp_path / "file" / "fit")
    done = CliRunner().invoke(app, ["calibrate", "--quick", "--out", out])
    assert done.exit_code == 2 and "cannot be used" in done.stderr


@pytest.mark.slow
def test_validation_of_a_posterior_from_the_command(tmp_path):
    """On a quarter of the firms: two runs and one pair."""
    from calibration.belief import Belief
    from calibration.priors import Prior

    belief, folder = Belief.of(), tmp_path / "mine"
    folder.mkdir()
    points = belief.spread_out(8, 0)
    rows = [",".join([*belief.names, "weight"])]
    rows += [",".join(map(repr, [*x, 1.0])) for x in points.tolist()]
    (folder / "draws.csv").write_text("\n".join(rows))
    priors = [
        {name: getattr(prior, name) for name in Prior.__dataclass_fields__}
        for prior in belief.priors
    ]
    facts = {**FACTS, "format": "mediapark-posterior/1", "name": "mine"}
    (folder / "manifest.json").write_text(json.dumps({**facts, "priors": priors}))
    words = ["validate", "--posterior", str(folder), "--runs", "2", "--pairs", "1"]
    words += ["--scale", "0.25", "--workers", "1", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    uses = {name: share[1] for name, share in told["met"].items()}
    every = shipped_targets()
    assert uses == {use: len(every.of(use)) for use in uses}
    assert told["synthetic"] is True
