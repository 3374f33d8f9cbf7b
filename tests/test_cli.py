"""The command: what it says, where it says it, and how it refuses."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import mediapark
from experiments import simulate
from experiments.store import Store
from mediapark.cli import app
from model.simulation import CATALOGUE, MediaparkModel
from tests.small_runs import NAMES, SMALL, UNTIL

ROOT = Path(__file__).parent.parent
BAD = Path(__file__).parent / "bad_scenarios"
GROUND = ["--grid", str(SMALL), "--until", UNTIL]


def call(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def good(*words: object) -> str:
    result = call(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(*words: object) -> str:
    """The message of a call that ends with exit code 2 and no traceback."""
    result = call(*words)
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return result.output


@pytest.fixture(scope="module")
def ran(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "run"
    good("run", "full-plan", *GROUND, "--out", folder, "--quiet")
    return folder


@pytest.fixture(scope="module")
def compared(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "compare"
    words = ["--replicates", 2, "--workers", 1, "--out", folder]
    good("compare", *NAMES, *GROUND, *words)
    return folder


def test_help_needs_no_model():
    heavy = "('numba', 'mesa', 'pandas', 'pyarrow', 'matplotlib', 'model.simulation')"
    code = (
        "import sys; from mediapark.cli import app\n"
        "try: app(['--help'])\n"
        f"finally: assert not set({heavy}) & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "compare" in done.stdout


def test_as_a_module_it_says_its_version():
    done = subprocess.run(
        [sys.executable, "-m", "mediapark", "--version"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == f"mediapark {mediapark.__version__}\n"


def test_scenarios_are_listed():
    text = good("scenarios", "--lang", "fr")
    assert "full-plan" in text
    assert "telework-high" in text
    assert "Sans Mediapark" in text
    entries = json.loads(good("scenarios", "--json"))
    assert {entry["kind"] for entry in entries} == {"scenario", "override"}
    assert good("scenarios", "--quiet").split() == sorted(
        entry["name"] for entry in entries if entry["kind"] == "scenario"
    )


def test_differences_are_explained():
    text = good("explain", "full-plan+telework-high", "--against", "full-plan")
    assert text.startswith("telework.after: 0.35 -> 0.5 (scenarios/overrides/")
    (found,) = json.loads(
        good("explain", "tram", "--against", "tram", "--set", "site.rent=-2", "--json")
    )
    assert (found["key"], found["new"]) == ("site.rent", -2.0)
    assert "differences: 0" in good("explain", "tram", "--against", "tram")


def test_shipped_files_have_no_fault():
    assert good("check") == "no fault\n"
    assert good("check", BAD / "good.yaml", "--json") == '{\n  "faults": []\n}\n'


@pytest.mark.parametrize(
    "path", sorted(p for p in BAD.glob("*.yaml") if p.name != "good.yaml"),
    ids=lambda path: path.stem,
)  # fmt: skip
def test_bad_files_are_refused(path):
    # A fault may stand in an override, or in the base of a base.
    assert BAD.name in refused("check", path)


@pytest.mark.parametrize("command", ["run", "compare"])
def test_every_fault_comes_at_once(command):
    names = ["nowhere"] if command == "run" else ["nowhere", "full-plan"]
    text = refused(command, *names, "--set", "site.rent=99", "--set", "site.rend=1")
    assert "unknown scenario (found: 'nowhere')" in text
    if command == "compare":
        assert "site.rent: is out of range (found: 99)" in text
        assert "did you mean 'site.rent'" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "Missing argument"),
        (["full-plan", "--until", "2018"], "is not a month (found: '2018')"),
        (["full-plan", "--until", "2017-12"], "is before the start"),
        (["full-plan", "--scale", "0"], "--scale: is out of range"),
        (["full-plan", "--scale", "much"], "--scale"),
        (["full-plan", "--key", "-1"], "--key"),
        (["full-plan", "--key", str(2**64)], "--key"),
        (["full-plan", "--grid", "300"], "is neither a grid nor a file"),
        (["full-plan", "--set", "no"], "is not a setting"),
        (["full-plan", "--lang", "de"], "--lang"),
        (["full-plan", "--wrong"], "--wrong"),
        (["full-plan+full-plan"], "unknown override"),
        (["full-plan", "--draw", "-1"], "--draw"),
    ],
)
def test_bad_words_are_refused(words, message, tmp_path):
    text = refused("run", *words, *(["--out", tmp_path / "new"] if words else []))
    assert message in text
    assert not (tmp_path / "new").exists()


def test_comparisons_without_sense_are_refused(tmp_path):
    assert "Missing argument" in refused("compare", "reference")
    assert "with itself" in refused("compare", "reference", "reference")
    assert "--replicates" in refused("compare", *NAMES, "--replicates", 0)
    assert "--workers" in refused("compare", *NAMES, "--workers", 0)
    text = refused("compare", *NAMES, *GROUND, "--out", SMALL)
    assert "is not a folder" in text
    (tmp_path / "mine.txt").write_text("")
    text = refused("compare", *NAMES, *GROUND, "--out", tmp_path)
    assert "has other files" in text


def test_places_that_the_grid_does_not_hold_are_refused(tmp_path):
    words = ["--grid", SMALL, "--out", tmp_path / "new"]
    text = refused("compare", "reference", "polycentric", *words)
    assert "names a place that the grid 'reyers_12x12' does not hold" in text
    assert not (tmp_path / "new").exists()


def test_faults_as_json():
    result = call("run", "nowhere", "--json")
    assert result.exit_code == 2
    (fault,) = json.loads(result.stdout)["faults"]
    assert fault.startswith("unknown scenario")


def test_a_run_leaves_tables_a_chart_and_a_map(ran):
    for name in ("jobs-by-zone", "jobs-map"):
        assert (ran / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "<svg" in (ran / f"{name}.svg").read_text()[:1000]
    yearly = pd.read_csv(ran / "indicators-yearly.csv")
    assert set(yearly["month"]) == {"2017-12", UNTIL}
    assert set(yearly["scenario"]) == {"full-plan"}
    assert len(Store(ran).table("runs")) == 1


def test_a_run_again_is_known_and_says_the_same(ran, monkeypatch):
    monkeypatch.setattr(simulate, "simulate", None)
    text = good("run", "full-plan", *GROUND, "--out", ran, "--lang", "nl")
    assert "Known already" in text
    assert "Banen bij mediabedrijven, Gewest" in text
    assert text.splitlines()[-1] == f"Results: {ran}"
    quiet = good("run", "full-plan", *GROUND, "--out", ran, "--quiet")
    assert quiet == f"Results: {ran}\n"
    facts = json.loads(good("run", "full-plan", *GROUND, "--out", ran, "--json"))
    assert facts["known"] is True
    assert facts["folder"] == str(ran)
    assert {"jobs", "firms", "rent", "vacancy"} == {
        one["indicator"] for one in facts["figures"]
    }
    assert all(Path(file).is_file() for file in facts["files"])


def test_the_default_folder_bears_the_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = "reference+telework-high"
    text = good("run", name, *GROUND, "--quiet", "--key", 3)
    assert text == f"Results: results/{name}\n"
    (row,) = Store(Path("results") / name).table("runs").to_dict("records")
    assert (row["scenario"], row["replicate"]) == (name, 3)


def test_a_failed_run_says_why_and_how_to_go_on(tmp_path, monkeypatch):
    def fail(request):
        raise ZeroDivisionError("no such luck")

    words = ["run", "reference", *GROUND, "--out", tmp_path / "failed"]
    with monkeypatch.context() as patch:
        patch.setattr(simulate, "simulate", fail)
        result = call(*words)
    assert result.exit_code == 1
    assert "ZeroDivisionError: no such luck" in result.output
    assert "--retry" in result.output
    assert call(*words).exit_code == 1
    assert "Results" in good(*words, "--retry")


def test_the_command_of_a_compared_run_repeats_it(compared, tmp_path):
    runs = Store(compared).table("runs").astype({"run": str})
    one = runs[(runs["scenario"] == "full-plan") & (runs["replicate"] == 1)].iloc[0]
    words = ["--key", 1, "--draw", 0, *GROUND, "--out", tmp_path / "again"]
    facts = json.loads(good("run", "full-plan", *words, "--json"))
    assert facts["run"] == one["run"]


def test_a_comparison_leaves_a_report_and_prints_the_headline(compared):
    assert (compared / "report.html").is_file()
    words = ["--replicates", 2, "--workers", 1, "--out", compared]
    text = good("compare", *NAMES, *GROUND, *words)
    assert "0 runs in" in text
    assert "8 were there already" in text
    for line in ("Jobs at Reyers", "Jobs in the Region", "Share displaced"):
        assert line in text
    assert text.count("  without an effect of knowledge") == 3
    assert text.splitlines()[-1] == f"Report: {compared / 'report.html'}"
    facts = json.loads(good("compare", *NAMES, *GROUND, *words, "--json"))
    assert facts["runs"]["known"] == 8
    assert Path(facts["report"]).is_file()
    assert {row["variant"] for row in facts["headline"]} == {"full-plan"}
    quiet = good("compare", *NAMES, *GROUND, *words, "--quiet", "--lang", "fr")
    assert quiet == f"Report: {compared / 'report.html'}\n"
    assert 'lang="fr"' in (compared / "report.html").read_text()


def test_help_says_what_both_ways_cost():
    text = " ".join(good("compare", "--help").split())
    assert "--one-way" in text and "doubles the number of runs" in text


def test_a_changed_scenario_shares_the_folder_with_the_old_one(compared, tmp_path):
    shutil.copytree(compared, tmp_path, dirs_exist_ok=True)
    words = ["--replicates", 2, "--workers", 1, "--out", tmp_path]
    words += ["--set", "site.rent=-2", "--one-way"]
    text = good("compare", *NAMES, *GROUND, *words)
    assert "4 runs in" in text
    assert "without an effect of knowledge" not in text
    assert "--one-way" in (tmp_path / "report.html").read_text()
    assert len(Store(tmp_path).keys()) == 12


def test_verify_says_yes_and_no(compared, tmp_path):
    text = good("verify", compared, "--sample", 1, "--workers", 1)
    assert text == f"Equal bit by bit: 1 of 8 runs of {compared}\n"
    shutil.copytree(compared, tmp_path, dirs_exist_ok=True)
    (path,) = (tmp_path / "firms").glob("*.parquet")
    table = pq.read_table(path)
    place = table.column_names.index("jobs")
    jobs = pa.array([n + 1 for n in table.column("jobs").to_pylist()], pa.int32())
    pq.write_table(table.set_column(place, "jobs", jobs), path)
    result = call("verify", tmp_path, "--workers", 1, "--json")
    assert result.exit_code == 1
    facts = json.loads(result.stdout)
    assert not facts["agrees"]
    assert len(facts["differences"]) == 8
    assert facts["differences"][0]["where"].startswith("row 0, column 'jobs'")
    assert "no manifest.json" in refused("verify", SMALL.parent)
    assert "--sample" in refused("verify", compared, "--sample", 0)


def test_parameters_are_listed():
    rows = json.loads(good("parameters", "--json"))
    assert [row["name"] for row in rows] == list(CATALOGUE.names)
    assert {"default", "unit", "plausible", "role", "source"} <= set(rows[0])
    text = good("parameters")
    assert all(name in text for name in CATALOGUE.names)


def test_the_schema_is_one(tmp_path):
    schema = json.loads(good("schema"))
    assert schema["title"] == "Mediapark scenario"
    path = tmp_path / "override.json"
    assert good("schema", "--override", "--out", path) == f"Schema: {path}\n"
    assert json.loads(path.read_text())["title"] == "Mediapark override"
    assert "cannot be written" in refused("schema", "--out", tmp_path / "no" / "x")


def test_public_names_are_what_is_meant():
    for name in mediapark.__all__:
        assert getattr(mediapark, name) is not None
    assert mediapark.MediaparkModel is MediaparkModel
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = mediapark.nothing


def test_the_verbs_in_python(tmp_path):
    scenario = mediapark.load_scenario("tram", settings={"site.rent": -2})
    outcome = mediapark.run(scenario, 1, until=UNTIL, grid=str(SMALL))
    assert set(outcome.indicators["month"]) >= {"2017-12", UNTIL}
    found = mediapark.compare(
        "reference", "tram", replicates=2, until=UNTIL, grid=str(SMALL),
        out=tmp_path / "compare", workers=1,
    )  # fmt: skip
    (one,) = found.variants
    assert one.name == "tram" and len(one.no_knowledge.pairs) == 2
    assert mediapark.verify(tmp_path / "compare", sample=1, workers=1).agrees
