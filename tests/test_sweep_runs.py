"""Sweeps: the same results whoever computed them and wherever they were stopped."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import mediapark as mp
from experiments import files, runner, simulate
from experiments.precision import Target
from experiments.schema import TABLES, UNREPEATABLE
from experiments.store import Store
from experiments.sweep.design import Design
from experiments.sweep.folder import Swept
from experiments.sweep.forecast import forecast
from experiments.sweep.outcomes import outcomes
from experiments.sweep.plan import make_plan
from experiments.sweep.reading import read_design
from experiments.sweep.running import Engine, Listener, run_sweep, run_until_precise
from experiments.sweep.shards import gather
from experiments.sweep.sofar import SoFar
from mediapark.cli import app
from model.errors import InputError, StoreError
from tests.small_runs import SMALL, UNTIL, wait_for

ROOT = Path(__file__).parent.parent
TEXT = f"""
name: tiny
question: Is it the same?
scenarios: [reference, full-plan]
uncertainties: [site.rent, choice.keep]
method:
  kind: sobol
  base_points: 2
replicates: 2
until: {UNTIL}
grid: {SMALL}
"""
SCRIPT = """
import sys
from experiments import runner
from mediapark.cli import app

if __name__ == "__main__":
    runner.SHARD_RUNS = 3
    app(sys.argv[1:])
"""


FEW = TEXT.replace(
    "kind: sobol\n  base_points: 2", "kind: latin-hypercube\n  points: 2"
)
FEW = FEW.replace("replicates: 2", "replicates: 1")


def written(folder: Path, text: str = TEXT) -> Path:
    path = folder / "tiny.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def design(tmp_path_factory) -> Design:
    return read_design(written(tmp_path_factory.mktemp("design")))


@pytest.fixture(scope="module")
def through(design, tmp_path_factory) -> Path:
    """The folder of a sweep that ran through in one process."""
    folder = tmp_path_factory.mktemp("results") / "through"
    _, summary = run_sweep(design, folder, Engine(1))
    assert (summary.total, summary.done, summary.failed) == (32, 32, 0)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every table that repeats as one sorted Parquet file, and the files beside."""
    store = Store(folder)
    found = {}
    for name in (name for name in TABLES if name not in UNREPEATABLE):
        stream = io.BytesIO()
        pq.write_table(store.sorted_table(name), stream)
        found[name] = stream.getvalue()
    for name in ("sample.parquet", "plan.parquet", "design.yaml", "design.json"):
        found[name] = (folder / name).read_bytes()
    for path in sorted((folder / "scenarios").iterdir()):
        found[path.name] = path.read_bytes()
    return found


class Killed(BaseException):
    """Stands for the end of a process."""


def killed_at(last: int, real):
    """A ``write_whole`` whose process ends in the middle of its ``last`` file."""
    writes = 0

    def write(path, how):
        nonlocal writes
        writes += 1
        if writes == last:
            path.parent.mkdir(parents=True, exist_ok=True)
            left = path.with_name(f".{path.name}.1{files.UNFINISHED}")
            left.write_bytes(b"half a fi")
            raise Killed
        real(path, how)

    return write


def call(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def test_two_workers_give_the_same(design, through, tmp_path):
    run_sweep(design, tmp_path / "two", Engine(2))
    assert contents(tmp_path / "two") == contents(through)


def test_shards_in_any_order_give_the_same(design, through, tmp_path):
    folder = tmp_path / "shards"
    total = 0
    for index in (3, 1, 4, 2):
        _, summary = run_sweep(design, folder, Engine(1, shard=(index, 4)))
        total += summary.done
    assert total == 32
    assert not Store(folder).keys()
    plan, summary = run_sweep(design, folder, Engine(1))
    assert (summary.known, summary.done) == (32, 0)
    assert set(plan.keys) == Store(folder).keys()
    assert contents(folder) == contents(through)
    assert not (folder / "parts").exists()


def test_a_gathering_that_was_killed_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "SHARD_RUNS", 2)
    design = read_design(written(tmp_path, FEW))
    folder, through = tmp_path / "gathered", tmp_path / "through"
    run_sweep(design, through, Engine(1))
    for index in (1, 2):
        run_sweep(design, folder, Engine(1, shard=(index, 2)))
    real = files.write_whole
    for last in (3, 7, 12):
        with monkeypatch.context() as patch:
            patch.setattr(files, "write_whole", killed_at(last, real))
            with pytest.raises(Killed):
                gather(Store(folder))
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda path: None)
        gather(Store(folder))
    assert gather(Store(folder)) == 0  # Taken in before, and only now cleared away.
    assert contents(folder) == contents(through)
    assert not (folder / "parts").exists()


def test_a_shard_computes_nothing_that_the_whole_knows(design, tmp_path):
    folder = tmp_path / "mixed"
    run_sweep(design, folder, Engine(1, shard=(1, 2)))
    run_sweep(design, folder, Engine(1))
    _, summary = run_sweep(design, folder, Engine(1, shard=(2, 2)))
    assert summary.total == summary.done == 0


def test_a_shard_that_is_still_running_is_not_gathered(design, tmp_path):
    folder = tmp_path / "busy"
    run_sweep(design, folder, Engine(1, shard=(1, 4)))
    part = Store(folder / "parts" / "1-of-4")
    with part.writing(), pytest.raises(StoreError, match="another process is writing"):
        run_sweep(design, folder, Engine(1))
    assert part.keys()


@pytest.mark.slow
def test_dask_gives_the_same(through, tmp_path):
    folder = tmp_path / "dask"
    words = ["sweep", str(written(tmp_path)), "--dask", "local", "--workers", "2"]
    command = [sys.executable, "-m", "mediapark", *words, "--out", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    # The path of the design differs from that of the fixture, and nothing else.
    assert contents(folder) == contents(through)


def test_doubling_a_sobol_design_computes_only_what_is_new(through, tmp_path):
    folder = tmp_path / "doubled"
    shutil.copytree(through, folder)
    text = TEXT.replace("base_points: 2", "base_points: 4")
    more = read_design(written(tmp_path, text))
    before = Swept(folder).plan
    _, summary = run_sweep(more, folder, Engine(1))
    assert (summary.total, summary.known, summary.done) == (64, 32, 32)
    after = Swept(folder).plan
    assert after.iloc[: len(before)].equals(before)
    assert Swept(folder).method["base_points"] == 4
    # And back again: the smaller design is known as a whole.
    _, summary = run_sweep(read_design(written(tmp_path)), folder, Engine(1))
    assert (summary.known, summary.done) == (32, 0)
    assert len(Store(folder).keys()) == 64


@pytest.mark.parametrize(
    ("old", "new", "key", "found"),
    [
        ("key: 0", "key: 3", "key", "0, now 3"),
        (
            f"until: {UNTIL}",
            "until: 2018-04",
            "months",
            "reference ['2018-01', '2018-03'], now [",
        ),
        ("choice.keep]", "choice.partners]", "factors", "choice.keep, now choice.part"),
        ("full-plan]", "tram]", "scenarios", "full-plan, now tram"),
        ("kind: sobol", "kind: sobol\n  seed: 1", "method", "seed 0, now 1"),
    ],
)
def test_a_folder_of_another_design_is_refused(through, tmp_path, old, new, key, found):
    text = TEXT + "key: 0\n"
    before = contents(through)
    result = call("sweep", written(tmp_path, text.replace(old, new)), "--out", through)
    assert result.exit_code == 2
    line = next(x for x in result.stderr.splitlines() if f": {key}: " in x)
    assert "the folder holds the results of another design" in line
    assert found in line
    assert "another folder with --out" in line
    assert contents(through) == before


def test_a_folder_of_a_comparison_is_no_place_for_a_sweep(design, tmp_path):
    Store.create(tmp_path / "compared")
    with pytest.raises(StoreError, match="results of another design"):
        run_sweep(design, tmp_path / "compared", Engine(1))
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StoreError, match="is not a folder of results"):
        run_sweep(design, tmp_path / "notes", Engine(1))
    with pytest.raises(StoreError, match=r"it has no design\.json"):
        Swept(tmp_path / "compared")


def test_a_failed_run_is_a_row_with_its_command(design, tmp_path, monkeypatch):
    folder = tmp_path / "failing"
    plan = make_plan(design)
    chosen = plan.keys[5]
    real = simulate.simulate

    def run(request):
        if request.key == chosen:
            raise ZeroDivisionError("no such luck")
        return real(request)

    with monkeypatch.context() as patch:
        patch.setattr(simulate, "simulate", run)
        result = call(
            "sweep", written(tmp_path), "--out", folder, "--workers", 1, "--quiet"
        )
    assert result.exit_code == 1
    assert "1 runs failed" in result.stderr
    (row,) = Store(folder).table("failures").to_dict("records")
    assert row["run"] == chosen
    assert row["error"] == "ZeroDivisionError: no such luck"
    assert row["traceback"].startswith("Traceback (most recent call last)")
    assert 'raise ZeroDivisionError("no such luck")' in row["traceback"]
    assert row["command"] == plan.request(5).command
    assert json.loads(row["parameters"]).keys() == {"site.rent", "choice.keep"}
    frame = outcomes(folder)
    assert frame["value"].isna().tolist() == [key == chosen for key in plan.keys]
    # It is known, so it is not tried again unless somebody says so.
    known = call("sweep", written(tmp_path), "--out", folder)
    assert known.exit_code == 1
    assert "0 runs in" in known.stdout
    assert "1 runs failed" in known.stderr
    again = call("sweep", written(tmp_path), "--out", folder, "--retry")
    assert again.exit_code == 0
    assert outcomes(folder)["value"].notna().all()


def sweep_process(folder: Path, design: Path) -> subprocess.Popen:
    words = ["sweep", str(design), "--out", str(folder), "--workers", "2"]
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *words], cwd=ROOT, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_stopped_again_and_again_it_ends_the_same(through, tmp_path, number):
    folder, path = tmp_path / "stopped", written(tmp_path)
    kept = [frozenset()]
    for _ in range(2):
        stop_half_way(folder, path, number)
        kept.append(known(folder))
        assert kept[-1] > kept[-2]
    result = call("sweep", path, "--out", folder, "--workers", 1, "--json")
    summary = json.loads(result.stdout)["runs"]
    assert summary["total"] == 32
    assert contents(folder) == contents(through)
    runs = Store(folder).table("runs")
    assert not runs.duplicated(["run", "scenario"]).any()


def stop_half_way(folder: Path, path: Path, number: int) -> None:
    """Start a sweep, and end it when it has kept something new."""
    before = known(folder)
    process = sweep_process(folder, path)
    wait_for(lambda: known(folder) != before or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    os.killpg(process.pid, number)
    _, errors = process.communicate(timeout=120)
    assert "Traceback" not in errors


def known(folder: Path) -> frozenset[str]:
    there = (folder / "manifest.json").exists()
    return Store(folder).keys() if there else frozenset()


def test_every_moment_of_a_killed_write_is_a_moment_to_go_on_from(
    tmp_path, monkeypatch
):
    """A kill between any two files that the runner writes loses no finished shard."""
    monkeypatch.setattr(runner, "SHARD_RUNS", 2)
    real = files.write_whole
    design = read_design(written(tmp_path, FEW))
    through = tmp_path / "through"
    total = 0

    def count(path, how):
        nonlocal total
        total += 1
        real(path, how)

    with monkeypatch.context() as patch:
        patch.setattr(files, "write_whole", count)
        run_sweep(design, through, Engine(1))
    assert total > 20
    for last in range(1, total, 4):
        folder = tmp_path / f"killed-{last}"
        with monkeypatch.context() as patch:
            patch.setattr(files, "write_whole", killed_at(last, real))
            with pytest.raises(Killed):
                run_sweep(design, folder, Engine(1))
        whole = {path.stem for path in (folder / "runs").glob("[!.]*.parquet")}
        _, summary = run_sweep(design, folder, Engine(1))
        assert summary.known == 2 * len(whole)
        assert contents(folder) == contents(through)
        assert not list(folder.rglob(f"*{files.UNFINISHED}"))


def test_outcomes_stand_beside_their_points(design, through):
    frame = outcomes(through, "firms", zone="region")
    plan = Swept(through).plan
    assert list(frame.columns) == ["point", "scenario", "replicate", "value"]
    assert frame[["point", "scenario", "replicate"]].equals(
        plan[["point", "scenario", "replicate"]]
    )
    assert frame.attrs["unit"] == "firms"
    row = 7
    outcome = simulate.simulate(make_plan(design).request(row)).indicators
    mine = outcome[
        (outcome["indicator"] == "firms")
        & (outcome["zone"] == "region")
        & (outcome["subsector"] == "all")
    ].astype({"month": str})
    values = mine.set_index("month")["value"]
    assert frame["value"][row] == values[UNTIL]
    early = outcomes(through, "firms", zone="region", month="2018-01")
    assert early["value"][row] == values["2018-01"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"indicator": "jops"}, "is an unknown indicator.*did you mean 'jobs'"),
        ({"zone": "reiers"}, "is in no run of the sweep.*did you mean 'reyers'"),
        ({"month": "2030-01"}, "month: is in no run of the sweep"),
        ({"subsector": "pres"}, "did you mean 'press'"),
    ],
)
def test_figures_that_are_not_there_are_refused(through, more, message):
    with pytest.raises(InputError, match=message):
        outcomes(through, **more)


def test_the_folder_tells_its_design(design, through):
    swept = Swept(through)
    assert swept.problem == design.problem
    assert swept.method == design.method.model_dump()
    assert swept.scenarios == ("reference", "full-plan")
    assert list(swept.sample.columns) == ["point", *design.problem.names]
    assert np.array_equal(swept.sample[list(design.problem.names)], design.sample)
    assert (through / "design.yaml").read_text("utf-8") == design.text
    assert swept.facts["identity"] == design.identity
    assert mp.verify(through, sample=2, workers=1).agrees


def test_the_forecast_counts_what_is_missing(design, through, tmp_path):
    plan = make_plan(design)
    store = Store(through)
    none = forecast(8, plan.batch, store, 2, keep=False)
    assert (none.runs, none.known, none.missing, none.seconds) == (32, 32, 0, 0.0)
    before = contents(through)
    result = call("sweep", written(tmp_path), "--out", tmp_path / "new", "--dry-run")
    assert result.exit_code == 0
    assert "8 points x 2 scenarios x 2 replicates = 32 runs" in result.stdout
    assert "32 runs to compute: about" in result.stdout
    assert not (tmp_path / "new").exists()
    assert contents(through) == before


def test_a_disk_that_is_too_small_is_told_before(design, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=100_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(StoreError, match="the disk cannot hold the results"):
        run_sweep(design, tmp_path / "full", Engine(1), Listener(lambda *_: None))


def test_what_is_timed_beforehand_is_kept(design, through, tmp_path):
    told = []
    folder = tmp_path / "told"
    _, summary = run_sweep(
        design, folder, Engine(1), Listener(lambda _, f: told.append(f))
    )
    assert told[0].missing == 32
    assert told[0].run_seconds > 0
    assert (summary.known, summary.done) == (3, 29)
    assert contents(folder) == contents(through)


def test_figures_so_far_are_those_of_the_end(design, through):
    plan = make_plan(design)
    known = SoFar(plan)
    known.add_known(Store(through))
    frame = outcomes(through).pivot(
        index=["point", "replicate"], columns="scenario", values="value"
    )
    gap = (frame["full-plan"] - frame["reference"]).groupby("point").mean()
    assert np.allclose(known.outcomes, gap)
    growing = SoFar(plan, indices=lambda design, points, y: {"site.rent": 0.5})
    assert growing.text == ""
    for request in plan.batch.at(range(4)):
        growing.add(simulate.execute(request))
    assert np.isfinite(growing.outcomes).tolist() == [True] + 7 * [False]
    growing._values[:] = 1.0
    assert growing.text == ""  # Eight points are too few to say anything.


def test_a_sweep_until_precise_adds_replicates_at_every_point(tmp_path):
    folder = tmp_path / "precise"
    one = read_design(written(tmp_path, FEW))
    target = Target(500.0, absolute=True, most=12)
    plan, summary, found = run_until_precise(one, folder, target, Engine(1))
    assert plan.design.replicates == 10
    assert summary.total == summary.done == 2 * 2 * 10
    assert [(p.variant, p.replicates, p.reached) for p in found] == [
        ("full-plan", 10, True)
    ]
    assert Swept(folder).facts["replicates"] == 10
    frame = outcomes(folder)
    assert frame.groupby("point")["replicate"].nunique().eq(10).all()


def test_in_python_the_same(design, through, tmp_path):
    swept = mp.sweep(design, out=tmp_path / "python", workers=1)
    assert contents(swept.folder) == contents(through)
    with pytest.raises(InputError, match="is an unknown design"):
        mp.sweep("screning")


def test_the_plan_of_somebody_who_is_running_is_left_alone(through, tmp_path):
    before = contents(through)
    text = TEXT.replace("base_points: 2", "base_points: 4")
    with Store(through).writing(), pytest.raises(StoreError, match="another process"):
        run_sweep(read_design(written(tmp_path, text)), through, Engine(1))
    assert contents(through) == before


def test_precision_needs_the_same_pair_at_every_point(tmp_path):
    text = TEXT.replace(
        "replicates: 2", "seeds: 4\nlevers:\n  scenario: [tram, incubator]"
    )
    text = text.replace("[reference, full-plan]", "[reference]")
    chosen = read_design(written(tmp_path, text))
    with pytest.raises(InputError) as caught:
        run_until_precise(chosen, tmp_path / "none", Target(0.1), Engine(1))
    assert [fault.problem for fault in caught.value.faults] == [
        "needs a difference",
        "needs the same pair at every point",
        "needs replicates",
    ]


SCRIPT_WITHOUT_GUARD = """
import mediapark as mp

mp.sweep({design!r}, out={out!r}, workers=2)
"""


def test_a_script_that_cannot_start_workers_is_told_so(tmp_path):
    script = tmp_path / "unguarded.py"
    out = tmp_path / "out"
    text = SCRIPT_WITHOUT_GUARD.format(design=str(written(tmp_path)), out=str(out))
    script.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "worker processes cannot start" in done.stderr
    assert not Store(out).keys()
