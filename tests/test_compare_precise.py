"""``compare --until-precise``: as many pairs as the difference needs, and told so."""

import json
import signal
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from experiments.cluster import _deaf_children
from experiments.partial import PairedDifference
from experiments.precision import Target, Units, precision_of
from experiments.store import Store
from mediapark.cli import app
from tests.small_runs import SMALL, UNTIL

GROUND = ["reference", "full-plan", "--grid", str(SMALL), "--until", UNTIL]


def call(*words: object):
    return CliRunner().invoke(app, ["compare", *GROUND, *(str(w) for w in words)])


def test_pairs_are_added_until_the_difference_is_known(tmp_path):
    folder = tmp_path / "compared"
    words = ["--until-precise", 1e-9, "--absolute", "--at-most", 24, "--replicates", 2]
    words += ["--one-way", "--zone", "region", "--out", folder, "--workers", 1]
    result = call(*words, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    (found,) = told["precision"]
    # Ten draws of two replicates before the first look, and whole draws from then on.
    assert found["variant"] == "full-plan"
    assert found["replicates"] in (20, 24)
    assert told["runs"]["done"] == 2 * found["replicates"]
    store = Store(folder)
    figures = PairedDifference("reference", "jobs", "region")
    figures.add_known(store, store.keys())
    gaps = figures.gaps(["full-plan"], range(found["replicates"]))["full-plan"]
    mine = precision_of("x", gaps, Units(2).of(gaps.shape[1]), Target(1e-9, True))
    assert found["half_width"] == mine.half_width
    assert found["difference"] == mine.difference
    assert found["reached"] == mine.reached
    again = call(*words)
    assert again.exit_code == 0
    assert "0 runs in" in again.stdout
    word = "known after" if found["reached"] else "not known well enough after"
    assert f"full-plan: {found['difference']:+,.3g} ±" in again.stdout
    assert f"{word} {found['replicates']} replicates" in again.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--indicator", "jops"], "--indicator: is unknown (found: 'jops'); allowed"),
        (["--zone", "reiers"], "did you mean 'reyers'?"),
        (["--until-precise", "-1"], "--until-precise: is no half-width (found: -1.0)"),
    ],
)
def test_what_cannot_be_is_refused_before_it_runs(tmp_path, words, message):
    folder = tmp_path / "refused"
    result = call("--until-precise", "0.1", *words, "--out", folder)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not folder.exists()


def test_workers_of_a_cluster_leave_ctrl_c_to_us():
    code = "import signal; print(signal.getsignal(signal.SIGINT) == signal.SIG_IGN)"
    before = signal.getsignal(signal.SIGINT)
    with _deaf_children():
        done = subprocess.run([sys.executable, "-c", code], capture_output=True)
    assert done.stdout.strip() == b"True"
    assert signal.getsignal(signal.SIGINT) is before
