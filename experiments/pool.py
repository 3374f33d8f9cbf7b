"""Where runs are computed: here, in processes of our own, or wherever somebody says.

Each engine takes requests and yields results in the order in which they end.
"""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any, TypeAlias, cast

from experiments.keys import RunRequest
from experiments.processes import available_cores, process_context, start_worker
from experiments.simulate import RunResult, execute, failure
from model.errors import Fault, InputError

Stop: TypeAlias = Callable[[], bool]
FOREIGN_WINDOW = 64
_PATIENCE = 0.2  # seconds between two looks at whether to stop


def results(
    requests: Collection[RunRequest],
    stop: Stop,
    workers: int | None = None,
    executor: Executor | None = None,
    place: str = "",
) -> Iterator[RunResult]:
    """Compute requests by whatever there is.

    Parameters
    ----------
    requests : collection of RunRequest
        Each is made when its turn comes, where the collection does so.
    stop : callable
        Whether to give out no more work.
    workers : int, optional
        Number of processes; one for each core if not given. One computes here.
    executor : Executor, optional
        Computes instead; it is not shut down.
    place : str
        Name for results on their way, so that the next call clears what a killed one
        left there; nobody else may use it meanwhile. Empty: a new one.
    """
    if executor is not None:
        return elsewhere(requests, stop, executor, workers or 0)
    count = min(workers or available_cores(), len(requests))
    if count <= 1:
        return here(requests, stop)
    return in_processes(requests, stop, count, place)


def here(requests: Iterable[RunRequest], stop: Stop) -> Iterator[RunResult]:
    """Compute in this process, one after the other."""
    for request in requests:
        if stop():
            return
        yield execute(request)


def elsewhere(
    requests: Iterable[RunRequest], stop: Stop, executor: Executor, workers: int = 0
) -> Iterator[RunResult]:
    """Compute by an executor that somebody else started and will end.

    Parameters
    ----------
    requests : iterable of RunRequest
    stop : callable
        Whether to give out no more work.
    executor : Executor
    workers : int
        Number of its workers; 0 where nobody knows.
    """
    window = 2 * workers if workers else FOREIGN_WINDOW
    lost = yield from _through(executor, _Queue(requests), window, stop, Direct())
    for request in lost:
        yield failure(request, "the executor broke down")


def in_processes(
    requests: Iterable[RunRequest], stop: Stop, workers: int, place: str = ""
) -> Iterator[RunResult]:
    """Compute in worker processes.

    When one dies, nobody knows which run killed it: those that were under way are
    tried again, each alone; one that kills its worker again has failed.

    Workers put their tables into files and send back a path: a process that is killed
    while it writes a long message into the pipe of results would leave half of it
    there, and the pool would wait for the rest for ever.
    """
    waiting = _Queue(requests)
    with _workplace(place) as folder:
        aside = Aside(folder)
        _refuse_no_processes()
        while waiting and not stop():
            with _pool(workers) as pool:
                suspects = yield from _through(pool, waiting, workers + 1, stop, aside)
            for request in suspects:
                if stop():
                    return
                with _pool(1) as pool:
                    again = yield from _through(pool, _Queue([request]), 1, stop, aside)
                for killer in again:
                    yield failure(killer, "the worker process died, twice")


def _refuse_no_processes() -> None:
    """Refuse to go on where no worker process can start: that is no run's fault.

    Raises
    ------
    InputError
        In the words of somebody whose script is started again in every worker.
    """
    with _pool(1) as pool:
        try:
            pool.submit(os.getpid).result()
        except BrokenExecutor:
            problem = "worker processes cannot start"
            allowed = "a script whose calls stand under 'if __name__ == \"__main__\":'"
            fault = Fault(problem, allowed=f"{allowed}, or one worker")
            raise InputError([fault]) from None


class _Queue:
    """Requests that wait, of which only the next one is there."""

    def __init__(self, requests: Iterable[RunRequest]) -> None:
        self._rest = iter(requests)
        self._next = next(self._rest, None)

    def __bool__(self) -> bool:
        return self._next is not None

    def take(self) -> RunRequest:
        """The next request.

        Raises
        ------
        LookupError
            If none waits.
        """
        taken = self._next
        if taken is None:
            raise LookupError("no request waits")
        self._next = next(self._rest, None)
        return taken


class Direct:
    """Results come back as they are."""

    def work(self, request: RunRequest) -> RunResult:
        """Compute, where the work is done."""
        return execute(request)

    def read(self, found: RunResult | str) -> RunResult:
        """What was computed, where it is wanted."""
        return cast(RunResult, found)


@dataclass(frozen=True)
class Aside:
    """Results come back through files of a folder.

    Attributes
    ----------
    folder : Path
    """

    folder: Path

    def work(self, request: RunRequest) -> str:
        """Compute, where the work is done; the name of the file."""
        path = self.folder / f"{request.key}-{os.getpid()}.pickle"
        path.write_bytes(pickle.dumps(execute(request), pickle.HIGHEST_PROTOCOL))
        return str(path)

    def read(self, found: RunResult | str) -> RunResult:
        """What was computed, where it is wanted; the file goes."""
        path = Path(str(found))
        result = pickle.loads(path.read_bytes())
        path.unlink()
        return cast(RunResult, result)


def _through(
    executor: Executor,
    waiting: _Queue,
    window: int,
    stop: Stop,
    way: Direct | Aside,
) -> Generator[RunResult, None, list[RunRequest]]:
    """Keep ``window`` runs under way; return those that were lost to a broken pool."""
    running: dict[Future[Any], RunRequest] = {}
    lost: list[RunRequest] = []
    while running or (waiting and not stop() and not lost):
        while waiting and len(running) < window and not stop() and not lost:
            request = waiting.take()
            try:
                running[executor.submit(way.work, request)] = request
            except BrokenExecutor:
                lost.append(request)
        if stop():
            _cancel(running)
        done, _ = wait(running, _PATIENCE, FIRST_COMPLETED)
        for future in done:
            request = running.pop(future)
            error = None if future.cancelled() else future.exception()
            if isinstance(error, BrokenExecutor):
                lost.append(request)
            elif error is not None:
                yield failure(request, f"{type(error).__name__}: {error}")
            elif not future.cancelled():
                yield way.read(future.result())
    return lost


def _cancel(running: dict[Future[Any], RunRequest]) -> None:
    for future in [*running]:
        if future.cancel():
            del running[future]


@contextmanager
def _workplace(name: str) -> Iterator[Path]:
    """A folder of our own for files on their way, empty at the start."""
    folder = Path(gettempdir()) / f"mediapark-{name}"
    if name:
        shutil.rmtree(folder, ignore_errors=True)
        try:
            # Whoever made it before us could read along, or put something in.
            folder.mkdir(mode=0o700)
        except FileExistsError:
            name = ""
    if not name:
        with TemporaryDirectory() as other:
            yield Path(other)
        return
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    pool = ProcessPoolExecutor(workers, process_context(), start_worker)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
