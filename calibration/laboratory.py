"""Where trials are run: here, or by an executor that somebody hands in."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from typing import TypeAlias

from calibration.ledger import Ledger
from calibration.trial import Result, Trial, run_trial


@dataclass(frozen=True)
class Progress:
    """How far a calibration is.

    Attributes
    ----------
    stage : str
        What it does at present.
    done, total : int
        Trials or accepted points of the stage.
    trials : int
        Trials that were computed since the start.
    seconds : float, s
        Time since the start.
    acceptance : float or None, share
        Points that were accepted so far in this generation.
    epsilon : float or None
        Temperature of the generation: 1 is the target's own error.
    """

    stage: str
    done: int
    total: int
    trials: int
    seconds: float
    acceptance: float | None = None
    epsilon: float | None = None


Watcher: TypeAlias = Callable[[Progress], None]


def _nobody(_: Progress) -> None:
    return None


@dataclass
class Laboratory:
    """Runs trials that the ledger does not know, and keeps what they give.

    Attributes
    ----------
    ledger : Ledger
    executor : Executor or None
        Computes; None: this process does. It is not shut down.
    at_once : int
        How many trials it computes at once.
    watch : callable
        Is told how far it is.
    computed : int
        Trials that were computed since the start.
    """

    ledger: Ledger
    executor: Executor | None = None
    at_once: int = 1
    watch: Watcher = _nobody
    computed: int = 0
    _started: float = field(default_factory=time.perf_counter)

    def run(self, trials: Sequence[Trial], stage: str) -> list[Result]:
        """Results of trials, in their order.

        Parameters
        ----------
        trials : sequence of Trial
        stage : str
            What they are for, for whoever watches.
        """
        missing = deque(self.ledger.missing(trials))
        total, running = len(trials), dict[Future[Result], Trial]()
        known = total - len(missing)
        try:
            while missing or running:
                while missing and len(running) < self.at_once + 1:
                    trial = missing.popleft()
                    running[self.submit(trial)] = trial
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    self.keep(running.pop(future), future.result())
                self.tell(stage, total - len(missing) - len(running), total)
        finally:
            self.drop(running)
        if known == total:
            self.tell(stage, total, total)
        return [self.known(trial) for trial in trials]

    def submit(self, trial: Trial) -> Future[Result]:
        """Let a trial be computed."""
        if self.executor is not None:
            return self.executor.submit(run_trial, trial)
        future: Future[Result] = Future()
        future.set_result(run_trial(trial))
        return future

    def keep(self, trial: Trial, result: Result) -> None:
        """Keep what was computed."""
        self.computed += 1
        self.ledger.put(trial, result)

    def drop(self, running: dict[Future[Result], Trial]) -> None:
        """Let go of trials under way; what has ended is kept."""
        for future, trial in running.items():
            if not future.cancel() and future.done() and future.exception() is None:
                self.keep(trial, future.result())

    def known(self, trial: Trial) -> Result:
        """The result of a trial that was run.

        Raises
        ------
        LookupError
            If it was not.
        """
        result = self.ledger.get(trial)
        if result is None:
            raise LookupError(f"trial {trial.key} has not been run")
        return result

    def tell(
        self, stage: str, done: int, total: int, acceptance: float | None = None,
        epsilon: float | None = None,
    ) -> None:  # fmt: skip
        """Tell whoever watches how far it is."""
        seconds = time.perf_counter() - self._started
        self.watch(
            Progress(stage, done, total, self.computed, seconds, acceptance, epsilon)
        )
