"""The runner: the same tables whoever computed them, and nothing lost on the way."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

import mesa
import pytest

from experiments import runner, simulate
from experiments.draws import Sampling, Variant, requests_for
from experiments.keys import RunRequest
from experiments.partial import PairedDifference
from experiments.runner import run_all
from experiments.store import Store
from mediapark.api import load_scenario
from tests.small_runs import SMALL, UNTIL, computed, small_requests, wait_for

MANY = 12
ROOT = Path(__file__).parent.parent
SCRIPT = """
import sys
from experiments import runner
from mediapark.cli import app

if __name__ == "__main__":
    runner.SHARD_RUNS = 2
    app(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def digest(tmp_path_factory) -> dict[str, str]:
    """What six runs give that ran through in one process."""
    return computed(tmp_path_factory.mktemp("results") / "through").digest()


@pytest.fixture(scope="module")
def many_digest(tmp_path_factory) -> dict[str, str]:
    """What more runs give, so many that one can stop them half-way."""
    return computed(tmp_path_factory.mktemp("results") / "many", MANY).digest()


def test_two_workers_give_the_same(tmp_path, digest):
    store = Store.create(tmp_path / "two")
    before = set(multiprocessing.active_children())
    seen = []
    summary = run_all(small_requests(), store, workers=2, progress=seen.append)
    assert (summary.done, summary.failed, summary.stopped) == (6, 0, False)
    assert store.digest() == digest
    assert [state.done for state in seen] == list(range(7))
    assert seen[0].seconds_left is None
    assert seen[-1].seconds_left == 0.0
    assert set(multiprocessing.active_children()) <= before


def test_any_executor_and_any_order_give_the_same(tmp_path, digest):
    store = Store.create(tmp_path / "foreign")
    with ThreadPoolExecutor(1) as executor:
        run_all(small_requests()[::-1], store, executor=executor)
        assert executor.submit(int, "7").result() == 7
    assert store.digest() == digest


def test_known_keys_are_never_computed_again(tmp_path, digest, monkeypatch):
    store = computed(tmp_path / "known", replicates=2)
    calls = []
    real = simulate.simulate
    monkeypatch.setattr(simulate, "simulate", lambda r: calls.append(r) or real(r))
    summary = run_all(small_requests(), store, workers=1)
    assert (summary.known, summary.done) == (4, 2)
    assert len(calls) == 2
    assert store.digest() == digest
    assert run_all(small_requests(), store, workers=1).done == 0
    assert len(calls) == 2


def test_a_run_of_two_names_is_computed_once(tmp_path):
    store = Store.create(tmp_path / "names")
    scenario = load_scenario("reference", until=UNTIL)
    same = Variant(scenario, label="the-same")
    sampling = Sampling(2, grid=str(SMALL))
    requests = requests_for([scenario, same], sampling)
    assert run_all(requests, store, workers=1).done == 2
    runs = store.table("runs")
    assert len(runs) == 4
    assert runs.groupby("scenario", observed=True)["run"].nunique().tolist() == [2, 2]
    before = store.digest()
    run_all(requests, store, workers=1)
    assert store.digest() == before
    # Whoever asks first: the same rows.
    other = Store.create(tmp_path / "other")
    run_all(requests_for([same], sampling), other, workers=1)
    run_all(requests, other, workers=1)
    assert other.digest() == before


def failing(replicate: int):
    real = simulate.simulate

    def run(request: RunRequest):
        if request.replicate == replicate:
            raise ZeroDivisionError("no such luck")
        return real(request)

    return run


def test_a_failed_run_is_a_row_and_the_others_go_on(tmp_path, digest, monkeypatch):
    store = Store.create(tmp_path / "failing")
    with monkeypatch.context() as patch:
        patch.setattr(simulate, "simulate", failing(1))
        summary = run_all(small_requests(), store, workers=1)
    assert (summary.done, summary.failed) == (6, 2)
    assert len(store.keys()) == 6
    assert len(store.failed()) == 2
    failures = store.table("failures")
    assert set(failures["error"]) == {"ZeroDivisionError: no such luck"}
    assert "simulate" in failures["traceback"][0]
    commands = sorted(failures["command"])
    assert commands[1] == (
        f"mediapark run reference --until {UNTIL} --key 1 --draw 0 --grid {SMALL}"
    )
    given = json.loads(failures["parameters"][0])
    assert given == dict(small_requests()[2].scenario.given)
    assert len(store.table("indicators")["run"].unique()) == 4
    # Failed runs are known; they are tried again when somebody says so.
    assert run_all(small_requests(), store, workers=1).done == 0
    assert store.forget_failures() == 2
    assert run_all(small_requests(), store, workers=1).done == 2
    assert store.digest() == digest


def test_a_worker_that_dies_costs_nothing(tmp_path, digest):
    store = Store.create(tmp_path / "dying")
    others = set(multiprocessing.active_children())

    def kill(state) -> None:
        if state.done == 1:
            for child in set(multiprocessing.active_children()) - others:
                os.kill(child.pid, signal.SIGKILL)

    summary = run_all(small_requests(), store, workers=2, progress=kill)
    assert (summary.done, summary.failed) == (6, 0)
    assert store.digest() == digest


class Deadly(tuple):
    """Ends the process that unpickles it."""

    def __reduce_ex__(self, protocol):
        return os._exit, (3,)


def test_a_run_that_kills_its_worker_twice_has_failed(tmp_path):
    store = Store.create(tmp_path / "deadly")
    requests = small_requests(2)
    killer = replace(requests[1], arguments=Deadly(("full-plan",)))
    summary = run_all([requests[0], killer, *requests[2:]], store, workers=2)
    assert (summary.done, summary.failed) == (4, 1)
    assert store.failed() == {killer.key}
    assert store.table("failures")["error"][0] == "the worker process died, twice"


class Broken(ProcessPoolExecutor):
    """An executor that has lost its workers."""

    def submit(self, *_):
        future: Future = Future()
        future.set_exception(BrokenProcessPool("gone"))
        return future


def test_a_foreign_executor_that_breaks_ends_nothing(tmp_path):
    store = Store.create(tmp_path / "broken")
    summary = run_all(small_requests(1), store, executor=Broken(1))
    assert summary.failed == 2
    assert set(store.table("failures")["error"]) == {"the executor broke down"}


def test_what_is_there_is_kept_when_the_caller_fails(tmp_path, digest):
    store = Store.create(tmp_path / "watcher")

    def watcher(state) -> None:
        if state.done == 3:
            raise RuntimeError("the watcher fell asleep")

    with pytest.raises(RuntimeError):
        run_all(small_requests(), store, workers=1, progress=watcher)
    assert len(store.keys()) == 3
    run_all(small_requests(), store, workers=1)
    assert store.digest() == digest


def test_a_signal_lets_the_run_end_and_keeps_it(tmp_path, digest):
    store = Store.create(tmp_path / "signal")
    for number in (signal.SIGINT, signal.SIGTERM):

        def stop(state, number=number) -> None:
            if state.result is not None:
                os.kill(os.getpid(), number)

        before = signal.getsignal(number)
        summary = run_all(small_requests(), store, workers=1, progress=stop)
        assert summary.stopped
        assert summary.done == 1
        assert signal.getsignal(number) is before
    assert len(store.keys()) == 2
    assert not run_all(small_requests(), store, workers=1).stopped
    assert store.digest() == digest


def compare_command(folder: Path, replicates: int) -> list[str]:
    words = ["compare", "reference", "full-plan", "--replicates", str(replicates)]
    words += ["--until", UNTIL, "--grid", str(SMALL), "--out", str(folder)]
    return [sys.executable, "-c", SCRIPT, *words, "--workers", "2", "--one-way"]


def start(folder: Path, replicates: int) -> subprocess.Popen:
    return subprocess.Popen(
        compare_command(folder, replicates), cwd=ROOT, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def shards_of(folder: Path) -> list[Path]:
    runs = folder / "runs"
    return [*runs.glob("[!.]*.parquet")] if runs.is_dir() else []


def processes_of(session: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # It has ended since.
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_stopped_half_way_and_resumed_gives_the_same(tmp_path, number, many_digest):
    folder, replicates = tmp_path / "stopped", MANY
    process = start(folder, replicates)
    wait_for(lambda: shards_of(folder) or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # What a terminal does.
    else:
        process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    wait_for(lambda: not processes_of(process.pid), 20)
    if number == signal.SIGKILL:
        assert process.returncode == -signal.SIGKILL
    else:
        assert process.returncode == 130, errors
        assert "The same command goes on from there" in errors
    assert "Traceback" not in errors
    store = Store(folder)
    kept = len(store.keys())
    assert 0 < kept < 2 * replicates
    summary = run_all(small_requests(replicates), store, workers=1)
    assert (summary.known, summary.done) == (kept, 2 * replicates - kept)
    assert store.digest() == many_digest
    assert not store.table("runs").duplicated(["run", "scenario"]).any()


def test_no_model_is_kept_in_memory():
    request = small_requests(1)[0]
    before = len(getattr(mesa.Agent, "_ids", {}))
    simulate.execute(request)
    assert len(getattr(mesa.Agent, "_ids", {})) == before


def test_results_so_far_are_those_of_the_end(tmp_path):
    store = Store.create(tmp_path / "partial")
    partial = PairedDifference("reference", "firms", "region")

    def watch(state) -> None:
        if state.result is not None:
            partial.add(state.result)

    run_all(small_requests(), store, workers=1, progress=watch)
    known = PairedDifference("reference", "firms", "region")
    known.add_known(store, store.keys())
    assert known.values == partial.values
    mean = partial.of("full-plan")
    assert mean is not None
    assert mean.pairs == 3
    assert partial.of("nobody") is None


def test_shards_are_cut_by_size_and_time(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "SHARD_SECONDS", 0.0)
    store = computed(tmp_path / "often", 1)
    assert len(store.shards()) == 2
    monkeypatch.setattr(runner, "SHARD_SECONDS", 60.0)
    monkeypatch.setattr(runner, "SHARD_ROWS", 10)
    assert len(computed(tmp_path / "large", 1).shards()) == 2
