"""Runs many requests: what is known is skipped, what fails is a row, nothing is lost.

The tables do not depend on the number of workers, on the order of work, or on where it
was stopped and taken up again.
"""

from __future__ import annotations

import hashlib
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

from experiments import pool
from experiments.arrow import joined
from experiments.batch import Batch
from experiments.keys import RunRequest, model_version
from experiments.manifest import commit
from experiments.programme import programme_id, programme_text
from experiments.simulate import RunResult, run_rows
from experiments.store import Store
from experiments.writer import FAILED, RUNS, Writer
from model.geography import load_region
from model.geography.loading import GRIDS

SHARD_RUNS = 100
SHARD_SECONDS = 20.0
SHARD_ROWS = 5_000_000
_NAME_LENGTH = 24


@dataclass(frozen=True)
class Progress:
    """How far it is.

    Attributes
    ----------
    total : int
        Distinct runs that were asked for.
    known : int
        Runs that were there already.
    done, failed : int
        Runs that were computed by now, and those of them that gave no outcome.
    seconds : float, s
        Time since the start.
    result : RunResult or None
        The last result; None at the start.
    """

    total: int
    known: int
    done: int
    failed: int
    seconds: float
    result: RunResult | None = None

    @property
    def left(self) -> int:
        """Runs still to be computed."""
        return self.total - self.known - self.done

    @property
    def seconds_left(self) -> float | None:
        """Time still needed at the rate so far, s; None while nobody knows."""
        return self.seconds / self.done * self.left if self.done else None


@dataclass(frozen=True)
class Summary:
    """What came of all requests.

    Attributes
    ----------
    total, known, done, failed : int
        As in :class:`Progress`.
    seconds : float, s
        Time that it took.
    stopped : bool
        Whether somebody stopped it, be it at the last moment.
    """

    total: int
    known: int
    done: int
    failed: int
    seconds: float
    stopped: bool = False


def together(rounds: Sequence[Summary]) -> Summary:
    """What came of several rounds, each of which asks for more than the one before."""
    last = rounds[-1]
    done = sum(one.done for one in rounds)
    return Summary(
        total=last.total,
        known=max(last.known + last.done - done, 0),
        done=done,
        failed=sum(one.failed for one in rounds),
        seconds=sum(one.seconds for one in rounds),
        stopped=last.stopped,
    )


Watcher: TypeAlias = Callable[[Progress], None]


def run_all(
    requests: Sequence[RunRequest] | Batch,
    store: Store,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Watcher | None = None,
) -> Summary:
    """Run all requests that the store does not know yet.

    Ctrl-C and SIGTERM let the runs under way end, write what there is, and return.

    Parameters
    ----------
    requests : sequence of RunRequest, or Batch
        A batch makes its requests one by one.
    store : Store
        Where the results go.
    workers : int, optional
        Number of processes; one for each core if not given. One computes here.
    executor : Executor, optional
        Computes instead of processes of our own; it is not shut down.
    progress : callable, optional
        Is told :class:`Progress` at the start and after each run.

    Raises
    ------
    StoreError
        If the folder cannot be written to.
    """
    started = time.perf_counter()
    batch = requests if isinstance(requests, Batch) else Batch.of(requests)
    total = len(set(batch.keys))
    with store.writing() as writer, _stoppable() as stop:
        missing = batch.without(store.keys())
        state = Progress(total, total - len(missing), 0, 0, 0.0)
        _tell(progress, state)
        _keep_inputs(writer, store, batch)
        with _Shards(writer) as shards:
            place = _named(iter([str(store.folder.resolve())]))
            for result in pool.results(missing, stop, workers, executor, place):
                shards.add(result)
                state = Progress(
                    state.total,
                    state.known,
                    state.done + 1,
                    state.failed + result.failed,
                    time.perf_counter() - started,
                    result,
                )
                _tell(progress, state)
        _write_names(writer, store, batch)
        seconds = time.perf_counter() - started
        _note_session(writer, store, state, seconds)
        stopped = state.left > 0 or stop()
    return Summary(state.total, state.known, state.done, state.failed, seconds, stopped)


def _tell(progress: Watcher | None, state: Progress) -> None:
    if progress is not None:
        progress(state)


@dataclass
class _Shards:
    """Gathers results, and writes them before a minute's work could be lost."""

    writer: Writer
    pending: list[RunResult] = field(default_factory=list)
    since: float = 0.0
    rows: int = 0

    def __enter__(self) -> _Shards:
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()

    def add(self, result: RunResult) -> None:
        _keep_programme(self.writer, result.request)
        if result.failed:
            self.writer.shard(f"{FAILED}{result.request.key}", result.tables)
            return
        if not self.pending:
            self.since = time.monotonic() - result.seconds
        self.pending.append(result)
        self.rows += len(result.tables["indicators"])
        waited = time.monotonic() - self.since
        if (
            len(self.pending) >= SHARD_RUNS
            or waited >= SHARD_SECONDS
            or self.rows >= SHARD_ROWS
        ):
            self.flush()

    def flush(self) -> None:
        if not self.pending:
            return
        results = sorted(self.pending, key=lambda result: result.request.key)
        tables = {
            name: joined(name, [result.tables[name] for result in results])
            for name in results[0].tables
        }
        self.writer.shard(_named(result.request.key for result in results), tables)
        self.pending, self.rows = [], 0


def _named(parts: Iterator[str]) -> str:
    text = "\n".join(parts)
    return hashlib.sha256(text.encode()).hexdigest()[:_NAME_LENGTH]


def _write_names(writer: Writer, store: Store, batch: Batch) -> None:
    """Rows of ``runs`` for runs that were asked for under several names."""
    runs = store.table(RUNS, ["run", "scenario", "replicate", "draw", "status"])
    done = runs[runs["status"] == "done"]
    keys = set(done["run"].astype(str))
    known = set(zip(done["run"].astype(str), done["scenario"].astype(str), strict=True))
    new: dict[tuple[str, str], int] = {}
    for place, pair in enumerate(zip(batch.keys, batch.names, strict=True)):
        if pair[0] in keys and pair not in known:
            new.setdefault(pair, place)
    if new:
        ordered = [batch.make(new[pair]) for pair in sorted(new)]
        name = _named(" ".join(pair) for pair in sorted(new))
        writer.names(name, run_rows(ordered))


def _keep_inputs(writer: Writer, store: Store, batch: Batch) -> None:
    """Names and grids, so that the folder alone is enough to run it again."""
    manifest = store.manifest
    scenarios, grids = dict(manifest["scenarios"]), dict(manifest["grids"])
    first = {name: place for place, name in reversed([*enumerate(batch.names)])}
    for place in first.values():
        request = batch.make(place)
        scenarios[request.name] = {
            "programme": _keep_programme(writer, request),
            "arguments": [*(request.arguments or (request.scenario.name,))],
        }
        region = load_region(request.grid)
        if request.grid not in GRIDS:
            content = Path(request.grid).read_text(encoding="utf-8-sig")
            writer.text(f"grids/{region.fingerprint}.csv", content)
        grids[region.fingerprint] = region.name
    writer.update(scenarios=scenarios, grids=grids)


def _keep_programme(writer: Writer, request: RunRequest) -> str:
    """Dates and levers of a run as a file; several runs may share it."""
    programme = programme_id(request.scenario)
    writer.text(f"scenarios/{programme}.yaml", programme_text(request.scenario))
    return programme


def _note_session(
    writer: Writer, store: Store, state: Progress, seconds: float
) -> None:
    if not state.done:
        return
    session: dict[str, Any] = {
        "runs": state.done,
        "failed": state.failed,
        "seconds": round(seconds, 3),
        "commit": commit(),
        "model": model_version(),
    }
    writer.update(sessions=[*store.manifest["sessions"], session])


@contextmanager
def _stoppable() -> Iterator[pool.Stop]:
    """Turn the first Ctrl-C or SIGTERM into a wish; the second one acts at once."""
    wish = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield wish.is_set
        return
    before = {s: signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def heard(_number: int, _frame: FrameType | None) -> None:
        wish.set()
        restore()

    for number in before:
        signal.signal(number, heard)
    try:
        yield wish.is_set
    finally:
        restore()
