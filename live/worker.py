"""The process of one run, and the web process's end of the pipe to it.

A request is a number, a word and what it needs; its answer bears the same number, so
that an answer that nobody waits for any more is never taken for another.
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from live.run import LiveRun, answer
from model.errors import InputError, MediaparkError


class WorkerDiedError(MediaparkError):
    """The process of a run is gone; its log can be replayed."""


def serve(pipe: Connection, niceness: int) -> None:
    """Answer requests until the other end closes.

    Parameters
    ----------
    pipe : Connection
    niceness : int
        How far this process gives way to others, 0-19.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the web process's.
    os.nice(niceness)
    run: LiveRun | None = None
    while True:
        try:
            number, word, given = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            if word == "build":
                run = LiveRun(*given)
                found: Any = run.now()
            else:
                found = answer(run, word, given)
        except InputError as error:
            found = error
        pipe.send((number, found))


class Worker:
    """The process of one run, as the web process sees it.

    Must be made within a running event loop.

    Parameters
    ----------
    niceness : int
        How far it gives way to other processes, 0-19.
    died : callable, optional
        Called when the process is gone and nobody has stopped it.
    """

    def __init__(
        self, niceness: int = 0, died: Callable[[], None] | None = None
    ) -> None:
        self._died = died
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self.process = context.Process(
            target=serve, args=(theirs, niceness), daemon=True, name="mediapark-run"
        )
        self.process.start()
        theirs.close()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._loop = asyncio.get_running_loop()
        self._alive = True
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._alive

    async def ask(self, word: str, *given: Any) -> Any:
        """Ask for something and wait for the answer.

        Raises
        ------
        WorkerDiedError
            If the process is gone, or goes before it has answered.
        InputError
            If the run refuses.
        """
        if not self._alive:
            raise WorkerDiedError("the process of the run is gone")
        number = next(self._numbers)
        future: asyncio.Future[Any] = self._loop.create_future()
        self._waiting[number] = future
        try:
            self._pipe.send((number, word, given))
            found = await future
        except OSError:
            raise WorkerDiedError("the process of the run is gone") from None
        finally:
            self._waiting.pop(number, None)
        if isinstance(found, InputError):
            raise found
        return found

    def _listen(self) -> None:
        while True:
            try:
                number, found = self._pipe.recv()
            except (EOFError, OSError):
                break
            self._tell(self._resolve, number, found)
        self._tell(self._bury)

    def _tell(self, what: Any, *given: Any) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what, *given)

    def _resolve(self, number: int, found: Any) -> None:
        future = self._waiting.pop(number, None)
        if future is not None and not future.done():
            future.set_result(found)

    def _bury(self) -> None:
        unexpected, self._alive = self._alive, False
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(WorkerDiedError("the process of the run is gone"))
        self._waiting.clear()
        if unexpected and self._died is not None:
            self._died()

    def stop(self) -> None:
        """End the process."""
        self._alive = False
        self.process.terminate()
        self._pipe.close()
