"""What is made of a sweep: indices, choice, questions, a bundle, a function."""

from __future__ import annotations

import hashlib
import json
import shutil
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import mediapark as mp
from experiments.bundle import bundle_folder
from experiments.factors import Problem, parameter_factor
from experiments.function import RunFunction, identifier
from experiments.query import VIEWS, ask
from experiments.sensitivity.analysis import Method
from experiments.sensitivity.figures import Figure, points_of, read_figures
from experiments.sensitivity.report import analyse_folder
from experiments.store import Store
from experiments.sweep.folder import PARTS, Swept
from mediapark.cli import app
from model.errors import InputError
from tests.small_runs import SMALL, UNTIL, computed

ROWS, FACTORS, REPLICATES = 4, 2, 2
# Empty offices from the first month on: rents and vacancy differ at once.
VARIANT = """
name: offices
title: {en: Offices at once, fr: Bureaux dès le début, nl: Meteen kantoren}
summary: Thirty thousand square metres of empty offices at Mediapark.
sources: [assumed]
base: reference
levers:
  offices:
    kind: floor_space
    title: Offices
    at: 2018-01
    where: mediapark
    m2: 30000
    source: assumed
    nature: assumed
"""
DESIGN = f"""
name: tiny
question: Which of two numbers decides?
scenarios: [reference, offices.yaml]
uncertainties: [space.vacancy_response, growth.volatility]
method:
  kind: sobol
  base_points: {ROWS}
replicates: {REPLICATES}
until: {UNTIL}
grid: {SMALL}
outcome: {{indicator: vacancy, zone: reyers}}
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory) -> Swept:
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "offices.yaml").write_text(VARIANT, encoding="utf-8")
    (folder / "tiny.yaml").write_text(DESIGN, encoding="utf-8")
    return mp.sweep(folder / "tiny.yaml", out=folder / "runs", workers=1)


@pytest.fixture
def call():
    def run(*words: str):
        return CliRunner().invoke(app, [str(word) for word in words])

    return run


# --- Sensitivity ----------------------------------------------------------------------
def test_figures_are_the_runs_and_their_paired_differences(swept):
    level, other, gap = read_figures(
        swept,
        [
            Figure("rent", "reyers", "reference"),
            Figure("rent", "reyers", "offices"),
            Figure("rent", "reyers", "offices", "reference"),
        ],
    )
    points = ROWS * (FACTORS + 2)
    assert level.values.shape == (points, REPLICATES)
    np.testing.assert_array_equal(gap.values, other.values - level.values)
    key = swept.plan.query("point == 5 and scenario == 'offices'").tail(1)
    run = Store(swept.folder).table("indicators", filters=[
        ("run", "==", key["key"].iloc[0]), ("indicator", "==", "rent"),
        ("zone", "==", "reyers"), ("subsector", "==", "all"),
    ])  # fmt: skip
    assert other.values[5, 1] == run.sort_values("month")["value"].iloc[-1]
    assert len(points_of(swept)) == points


def test_the_command_writes_tables_and_pictures(swept, call):
    done = call("sensitivity", swept.folder, "--indicator", "rent", "--zone", "reyers",
                "--scenario", "reference", "--resamples", 200, "--json")  # fmt: skip
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["method"] == "sobol"
    assert {row["factor"] for row in found["indices"]} == set(swept.problem.names)
    files = {Path(file).name for file in found["files"]}
    assert {"indices.csv", "shares.csv", "convergence.csv"} <= files
    pictures = [file for file in files if file.endswith(".png")]
    assert {p.split("-")[0] for p in pictures} >= {"indices", "heat"}
    assert all((swept.folder / "sensitivity" / name).stat().st_size for name in files)


def test_in_python_the_same_indices_with_units(swept):
    found = mp.sensitivity(swept, "rent", "reyers", scenario="reference", resamples=200)
    table = pd.read_csv(swept.folder / "sensitivity" / "indices.csv")
    mine = table[table["figure"] == found.figures[0]]
    np.testing.assert_allclose(mine["value"], found.indices["value"], rtol=1e-5)
    assert found.figures == ("rent, reyers, reference",)
    assert set(found.indices["unit"]) == {"-"}


def test_a_missing_run_is_an_error_with_its_row(swept, call, tmp_path):
    holey = tmp_path / "holey"
    shutil.copytree(swept.folder, holey)
    plan = pd.read_parquet(holey / "plan.parquet")
    plan.loc[11, "key"] = "0" * 32
    plan.to_parquet(holey / "plan.parquet", index=False)
    row = plan.loc[11]
    done = call("sensitivity", holey, "--indicator", "firms", "--zone", "region")
    assert done.exit_code == 2
    assert f"point {row['point']}, replicate {row['replicate']}" in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--scenario", "ofices"], "did you mean 'offices'"),
        (["--indicator", "jbs"], "did you mean 'jobs'"),
        (["--zone", "reiers"], "did you mean 'reyers'"),
        (["--month", "2030-12"], "is in no run"),
        (["--indicator", "public_cost", "--zone", "region", "--scenario", "reference"],
         "there is nothing to explain"),
    ],
)  # fmt: skip
def test_what_cannot_be_explained_is_refused(swept, call, words, message):
    done = call("sensitivity", swept.folder, *words)
    assert done.exit_code == 2
    assert message in done.stderr


def test_another_folder_is_no_sweep(call, tmp_path):
    for command in ("sensitivity", "robust"):
        done = call(command, tmp_path)
        assert (done.exit_code, "design.json" in done.stderr) == (2, True)


def test_methods_are_those_of_the_design(swept):
    assert Method.of(swept.method) == Method("sobol")
    with pytest.raises(InputError, match="unknown method"):
        Method.of({"kind": "tea-leaves"})
    found = analyse_folder(swept, Figure("rent", "reyers", "reference"))
    assert any(one.startswith("departures") for one in found.left_out)


# --- Choice ---------------------------------------------------------------------------
@pytest.mark.parametrize("lang", ["en", "fr", "nl"])
def test_the_page_of_a_choice_needs_nothing_else(swept, call, lang):
    done = call("robust", swept.folder, "--lang", lang, "--quiet")
    assert done.exit_code == 0, done.output
    page = (swept.folder / "robust.html").read_text(encoding="utf-8")
    assert f'<html lang="{lang}">' in page
    for outside in ("http://", "https://", "src=", "@import", "url("):
        assert outside not in page.replace("http://www.w3.org", "")
    titles = {"en": "Offices at", "fr": "Bureaux dès", "nl": "Meteen kantoren"}
    title = titles[lang]
    assert title in page
    assert "{" not in page.partition("</style>")[2]


def test_a_choice_weighs_the_values_of_the_runs(swept):
    choice = mp.robust(swept, "vacancy", "reyers")
    wanted = [Figure("vacancy", "reyers", name) for name in choice.variants]
    first, second = (one.means for one in read_figures(swept, wanted))
    np.testing.assert_allclose(choice.values[:, 1], second)
    gain = choice.of("offices", "gain").value
    assert gain == pytest.approx((second - first).mean()) and gain > 0.0
    # Less vacancy is better: no new offices are regretted in no future.
    assert choice.leader == "reference"
    assert choice.of("reference", "largest_regret").value == 0.0
    assert choice.of("offices", "regret").value == pytest.approx(gain)
    more = mp.robust(swept, "vacancy", "reyers", better="more")
    assert more.of("offices", "gain").value == pytest.approx(gain)
    assert more.leader == "offices"
    with pytest.raises(InputError, match="more or less of 'rent'"):
        mp.robust(swept, "rent")


# --- Questions ------------------------------------------------------------------------
def test_views_answer(swept):
    for view in VIEWS:
        assert len(ask(swept.folder, f"SELECT * FROM {view} LIMIT 1")) == 1
    pairs = mp.query(
        swept,
        "SELECT * FROM pairs WHERE indicator = ? AND zone = 'reyers' AND month = ? "
        "AND subsector = 'all' ORDER BY point, replicate",
        ["rent", UNTIL],
    )
    (gap,) = read_figures(swept, [Figure("rent", "reyers", "offices", "reference")])
    np.testing.assert_array_equal(pairs["difference"], gap.values.ravel())
    with_points = mp.query(
        swept, "SELECT point, p.* FROM points p JOIN plan USING (point) LIMIT 1"
    )
    assert "growth.volatility" in with_points.columns


def test_pairs_of_a_comparison_share_replicate_and_draw(tmp_path):
    store = computed(tmp_path / "runs", 2)
    found = ask(store.folder, "SELECT DISTINCT scenario, reference, replicate, point "
                              "FROM pairs ORDER BY replicate")  # fmt: skip
    assert found["scenario"].tolist() == ["full-plan"] * 2
    assert found["reference"].tolist() == ["reference"] * 2
    assert found["point"].tolist() == [-1, -1]
    other = ask(store.folder, "SELECT DISTINCT scenario FROM pairs", "full-plan")
    assert other["scenario"].tolist() == ["reference"]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("DROP VIEW runs", "is not a question"),
        ("COPY runs TO 'x.csv'", "is not a question"),
        ("SELECT 1; SELECT 2", "is not a question"),
        ("SELECT * FROM rns", 'Did you mean "runs"'),
        ("SELECT * FROM read_csv('/etc/hostname')", "Permission"),
        ("SELEC", "is not accepted"),
    ],
)
def test_only_questions_about_the_folder_are_answered(swept, call, sql, message):
    done = call("query", swept.folder, sql)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.output


def test_an_answer_can_be_written(swept, call, tmp_path):
    sql = "SELECT scenario, count(*) AS n FROM runs GROUP BY scenario ORDER BY scenario"
    done = call("query", swept.folder, sql, "--out", tmp_path / "n.csv")
    assert done.exit_code == 0
    runs = ROWS * (FACTORS + 2) * REPLICATES
    assert (
        tmp_path / "n.csv"
    ).read_text() == f"scenario,n\noffices,{runs}\nreference,{runs}\n"
    assert json.loads(call("query", swept.folder, sql, "--json").stdout)[0]["n"] == runs
    assert call("query", swept.folder, sql, "--out", tmp_path / "n.doc").exit_code == 2
    bad = call("query", swept.folder, sql, "--reference", "refrence")
    assert "did you mean 'reference'" in bad.stderr


# --- Bundle and check -----------------------------------------------------------------
def test_a_bundle_is_the_same_bytes_twice_and_a_folder_again(swept, call, tmp_path):
    first = bundle_folder(swept.folder, tmp_path / "one" / "tiny.zip")
    (swept.folder / "indicators" / "left-over.parquet").write_bytes(b"half a shard")
    second = bundle_folder(swept.folder, tmp_path / "two" / "tiny.zip")
    (swept.folder / "indicators" / "left-over.parquet").unlink()
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "tiny"
    for name in ("README.md", "LICENSE", "CITATION.cff", "SOURCES.md", "design.yaml"):
        assert (folder / name).stat().st_size > 0
    sums = (folder / "SHA256SUMS").read_text().splitlines()
    listed = {line.partition("  ")[2]: line[:64] for line in sums}
    for name, told in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == told
    digest = json.loads((folder / "digest.json").read_text())
    assert digest == Store(swept.folder).digest() == Store(folder).digest()
    checked = call("verify", folder, "--sample", 2, "--workers", 1)
    assert checked.exit_code == 0, checked.output
    assert "2 of" in checked.stdout


def test_a_sample_of_a_sweep_is_run_again(swept):
    found = mp.verify(swept.folder, sample=3, workers=1)
    assert (found.checked, found.agrees) == (3, True)


def test_what_cannot_be_packed_is_refused(swept, tmp_path):
    with pytest.raises(InputError) as told:
        bundle_folder(swept.folder, swept.folder / "inside.tar")
    assert len(told.value.faults) == 2
    (swept.folder / PARTS / "1-of-2").mkdir(parents=True)
    try:
        with pytest.raises(InputError, match="not gathered"):
            bundle_folder(swept.folder, tmp_path / "x.zip")
    finally:
        (swept.folder / PARTS / "1-of-2").rmdir()
        (swept.folder / PARTS).rmdir()


# --- Function -------------------------------------------------------------------------
@pytest.fixture(scope="module")
def firms() -> RunFunction:
    return mp.function(
        "reference", ["firms:region", "jobs"], until=UNTIL, grid=str(SMALL)
    )


def test_a_run_is_a_function_of_its_parameters(firms):
    plain = firms()
    outcome = mp.run("reference", key=0, until=UNTIL, grid=str(SMALL)).indicators
    last = outcome[(outcome.month == UNTIL) & (outcome.subsector == "all")]
    value = last[(last.indicator == "firms") & (last.zone == "region")]["value"].iloc[0]
    assert plain["firms:region"] == value
    assert firms({"growth.volatility": 0.5}) == firms(growth__volatility=0.5) != plain
    assert firms(seed=0) == plain
    assert firms(seed=1) != plain
    own = RunFunction(firms.scenario, key=None, grid=str(SMALL))
    assert own({"site.rent": -2.0}) == own({"site.rent": -2.0})
    assert own({"site.rent": -2.0}) != own({"site.rent": -2.0000001})


def test_salib_gets_a_matrix(firms):
    problem = Problem((parameter_factor("growth.volatility"),))
    found = firms.matrix(problem, np.array([[0.3], [0.5]]))
    assert found.shape == (2, 2)
    assert found[1, 0] == firms({"growth.volatility": 0.5})["firms:region"]


def test_differences_are_paired(firms):
    same = RunFunction(
        firms.scenario, ("jobs:region",), firms.scenario, grid=str(SMALL)
    )
    assert same({"growth.volatility": 0.4}) == {"jobs:region": 0.0}


def test_wrong_names_are_refused(firms):
    with pytest.raises(InputError, match=r"did you mean 'site\.rent'"):
        firms({"site.rnt": 1.0})
    with pytest.raises(InputError, match="did you mean 'jobs'"):
        RunFunction(firms.scenario, ["jbs"])
    with pytest.raises(InputError, match="is not told for 'nowhere'"):
        RunFunction(firms.scenario, ["jobs:nowhere"], grid=str(SMALL))()


def test_ema_workbench_takes_it_as_a_model(firms):
    pytest.importorskip("ema_workbench")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ema_workbench import perform_experiments

        problem = Problem((parameter_factor("growth.volatility"),))
        model = firms.ema_model(problem)
        experiments, outcomes = perform_experiments(model, scenarios=2)
    name = identifier("firms:region")
    first = experiments[identifier("growth.volatility")].iloc[0]
    again = firms({"growth.volatility": float(first)})
    assert outcomes[name][0] == again["firms:region"]
