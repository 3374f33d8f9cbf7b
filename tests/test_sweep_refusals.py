"""Every way to fail has its design and its message, and all faults come at once."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments import cluster
from experiments.factors import factors_with_role
from experiments.sweep.reading import read_design, shipped_designs
from mediapark.cli import app
from model.errors import InputError
from model.geography import load_region
from model.indicators import INDICATORS, REGION
from model.scenario.files import Library

FOLDER = Path(__file__).parent / "bad_designs"
TABLE = (FOLDER / "messages.txt").read_text(encoding="utf-8")
EXPECTED = {
    section.split("\n")[0]: section.split("\n")[1:]
    for section in TABLE.strip().removeprefix("== ").split("\n\n== ")
}


NAMES = {
    "indicators": tuple(INDICATORS),
    "zones": (REGION, *(zone.id for zone in load_region().zones)),
    "groups": tuple(dict.fromkeys(factor.group for factor in factors_with_role())),
    "scenarios": Library.of().names("scenario"),
}


def plain(text: str) -> str:
    """A message without the folder of the machine and without lists that grow."""
    text = text.replace(f"{FOLDER}/", "")
    for what, names in NAMES.items():
        text = text.replace(", ".join(names), f"{{{what}}}")
    return text


@pytest.mark.parametrize("name", EXPECTED)
def test_a_bad_design_is_refused_in_these_words(name):
    with pytest.raises(InputError) as caught:
        read_design(FOLDER / f"{name}.yaml")
    assert [plain(str(fault)) for fault in caught.value.faults] == EXPECTED[name]


def test_every_bad_design_is_in_the_table():
    assert {file.stem for file in FOLDER.glob("*.yaml")} == set(EXPECTED)


def test_the_command_ends_with_2_and_leaves_nothing(tmp_path):
    out = tmp_path / "out"
    words = ["sweep", str(FOLDER / "many-faults.yaml"), "--out", str(out)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert plain(result.stderr).splitlines() == EXPECTED["many-faults"]
    assert "Traceback" not in result.output
    assert not out.exists()


def test_an_unknown_name_gets_the_nearest_shipped_one(tmp_path):
    with pytest.raises(InputError, match="did you mean 'screening'") as caught:
        read_design("screning")
    assert all(name in str(caught.value) for name in shipped_designs())
    with pytest.raises(InputError, match="there is no such file"):
        read_design(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--shard", "5/4"], "--shard: is no shard (found: '5/4')"),
        (["--shard", "0/4"], "--shard: is no shard (found: '0/4')"),
        (["--shard", "half"], "--shard: is no shard (found: 'half')"),
        (["--until-precise", "0"], "--until-precise: is no half-width (found: 0.0)"),
        (["--dask", "tcp://127.0.0.1:9"], "--dask: cannot be reached"),
        (["--until-precise", "1", "--shard", "1/2"], "--until-precise: needs all poi"),
        (["--dask", "nowhere"], "--dask: cannot be reached"),
    ],
)
def test_options_that_cannot_be_are_refused(tmp_path, monkeypatch, words, message):
    monkeypatch.setattr(cluster, "_PATIENCE", "1s")
    out = tmp_path / "out"
    result = CliRunner().invoke(app, ["sweep", "drivers", "--out", str(out), *words])
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(message)
