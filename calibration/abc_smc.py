"""ABC-SMC by pyABC, with luck that has an address and trials that are never lost.

The likelihood is that of a target's own error: a simulated figure is what would be
observed but for a normal error of known variance, so that accepting with the density
of that error (tempered, down to a temperature of 1) gives the posterior itself and no
approximation by a distance [1]_.

pyABC proposes, weighs and keeps generations in ``generations.sqlite``; trials are run
by the laboratory. Every candidate has a number, and pyABC's draws for it begin at a
seed made from that number alone: the same command proposes the same points however
many workers there are and wherever it was stopped, and what the ledger knows is not
run again.

References
----------
.. [1] Wilkinson (2013), Approximate Bayesian computation gives exact results under the
   assumption of model error. Stat. Appl. Genet. Mol. Biol. 12(2); Schälte & Hasenauer
   (2020), Efficient exact inference for dynamical systems with noisy measurements.
   Bioinformatics 36.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from calibration.abc_parts import (
    acceptor_at,
    prior_of,
    proposals_of,
    refuse_without_pyabc,
    seed_pyabc,
)
from calibration.history_matching import Matched
from calibration.laboratory import Laboratory
from calibration.problem import Problem
from calibration.trial import Result, Trial
from model import streams

Floats = NDArray[np.float64]
FILE: Final = "generations.sqlite"
_STEP: Final = 4.0  # temperatures fall by this factor at most
_NEAREST: Final = 0.02
_WANTED: Final = 0.3  # acceptance of the first generation


@dataclass(frozen=True)
class Sampled:
    """The last generation.

    Attributes
    ----------
    points : float64[points, parameters]
    weights : float64[points]
        Sum to one.
    generations : tuple of dict
        Temperature, accepted points and candidates of each.
    """

    points: Floats
    weights: Floats
    generations: tuple[dict[str, float], ...]

    @property
    def effective(self) -> float:
        """Effective number of points, by Kish."""
        return float(1.0 / (self.weights**2).sum())


def good_enough(problem: Problem, matched: Matched) -> float:
    """Squared errors that only one in fifty points of the last wave falls short of.

    What is as near is always accepted, and counts for more the nearer it is. The very
    best of the wave would be a matter of chance, and costs many times the trials.
    """
    off = problem.off(matched.last.figures)
    return float(np.quantile(off[np.isfinite(off)], _NEAREST))


def temperatures(problem: Problem, matched: Matched) -> list[float]:
    """Down to 1 from where three in ten points of the last wave are accepted."""
    off = problem.off(matched.last.figures)
    apart = off[np.isfinite(off)] - good_enough(problem, matched)
    apart = np.maximum(apart, 0.0)
    start = 1.0
    while np.exp(-apart / 2.0 / start).mean() < _WANTED and start < 1e6:
        start *= 1.25
    steps = int(np.ceil(np.log(start) / np.log(_STEP))) + 1
    return [float(t) for t in np.geomspace(start, 1.0, max(steps, 2))]


def sample_posterior(
    matched: Matched, laboratory: Laboratory, folder: Path, particles: int
) -> Sampled:
    """Points of the posterior.

    Parameters
    ----------
    matched : Matched
        The problem, with what history matching has left.
    laboratory : Laboratory
    folder : Path
        Where generations are kept; one that is there is gone on with.
    particles : int
        Points of a generation.

    Returns
    -------
    Sampled

    Raises
    ------
    InputError
        If pyABC is not installed.
    """
    refuse_without_pyabc()
    import pyabc

    logging.getLogger("ABC").setLevel(logging.ERROR)
    problem = matched.problem
    schedule = temperatures(problem, matched)
    best = good_enough(problem, matched)
    normal = -0.5 * (np.log(2.0 * np.pi * problem.variance).sum() + best)
    names = [target.summary for target in problem.targets]
    observed = dict(zip(names, problem.observed.tolist(), strict=True))
    analysis = pyabc.ABCSMC(
        _Asking(problem, laboratory, names),
        prior_of(matched),
        pyabc.IndependentNormalKernel(problem.variance.tolist(), keys=names),
        population_size=particles,
        eps=pyabc.ListTemperature(schedule),
        acceptor=acceptor_at(float(normal)),
        transitions=proposals_of(matched),
        sampler=_sampler_of(laboratory, problem, schedule),
    )
    place = f"sqlite:///{folder / FILE}"
    done = 0
    if (folder / FILE).exists():
        history = pyabc.History(place, create=False)
        runs = history.all_runs()
        if runs:
            analysis.load(place, runs[-1].id, observed)
            done = analysis.history.n_populations
    if not done:
        analysis.new(place, observed)
    if done < len(schedule):
        analysis.run(max_nr_populations=len(schedule) - done)
    return _sampled(analysis.history, problem)


def _sampled(history: Any, problem: Problem) -> Sampled:
    table, weights = history.get_distribution(m=0, t=history.max_t)
    told = history.get_all_populations()
    told = told[told["t"] >= 0]
    accepted = history.get_nr_particles_per_population()
    generations = tuple(
        {
            "temperature": float(row.epsilon),
            "accepted": float(accepted.get(row.t, 0)),
            "candidates": float(row.samples),
        }
        for row in told.itertuples()
    )
    points = table[list(problem.belief.names)].to_numpy(np.float64)
    return Sampled(points, np.asarray(weights, np.float64), generations)


class _NotKnownError(Exception):
    """A candidate asks for a trial that has not been run."""

    def __init__(self, trial: Trial) -> None:
        super().__init__(trial.key)
        self.trial = trial


@dataclass
class _Asking:
    """The model as pyABC calls it: it looks up, and never computes."""

    problem: Problem
    laboratory: Laboratory
    names: list[str]
    __name__: str = "mediapark"

    def __call__(self, parameters: Any) -> dict[str, float]:
        point = np.array([parameters[name] for name in self.problem.belief.names])
        trial = self.problem.trial(point)
        result = self.laboratory.ledger.get(trial)
        if result is None:
            raise _NotKnownError(trial)
        # A run that broke a law of the model is as far off as can be.
        return {
            name: value if np.isfinite(value := result.summaries[name]) else 1e300
            for name in self.names
        }


@dataclass
class _Candidates:
    """Candidates of a generation by number: proposed, run, and judged in order."""

    simulate_one: Callable[[], Any]
    key: int
    generation: int
    laboratory: Laboratory
    running: dict[int, tuple[Future[Result], Trial]] = field(default_factory=dict)
    judged: dict[int, Any] = field(default_factory=dict)
    issued: int = 0

    def replay(self, number: int) -> Any:
        """What pyABC makes of a candidate; the same whenever it is asked."""
        address = np.uint64(number)
        u = streams.uniform(self.key, streams.PROPOSAL, self.generation, address)
        seed_pyabc(int(u * 2**32))
        return self.simulate_one()

    def issue(self) -> None:
        """Propose the next candidate, and let it run if nobody knows it."""
        number, self.issued = self.issued, self.issued + 1
        try:
            self.judged[number] = self.replay(number)
        except _NotKnownError as asked:
            future = self.laboratory.submit(asked.trial)
            self.running[number] = (future, asked.trial)

    def take(self, number: int) -> Any:
        """The candidate of a number, judged."""
        while number not in self.judged:
            futures = {future: n for n, (future, _) in self.running.items()}
            done, _ = wait(futures, return_when=FIRST_COMPLETED)
            for future in done:
                _, trial = self.running.pop(futures[future])
                self.laboratory.keep(trial, future.result())
                self.judged[futures[future]] = self.replay(futures[future])
        return self.judged.pop(number)

    def stop(self) -> None:
        """Let go of what still runs; what has ended is kept."""
        self.laboratory.drop(dict(self.running.values()))


def _sampler_of(laboratory: Laboratory, problem: Problem, schedule: list[float]) -> Any:
    from pyabc.sampler import Sampler

    class Addressed(Sampler):  # type: ignore[misc]
        """Takes candidates in the order of their numbers."""

        def sample_until_n_accepted(
            self, n: int, simulate_one: Any, t: int, **_: Any
        ) -> Any:
            sample = self._create_empty_sample()
            group = _Candidates(simulate_one, problem.key, t, laboratory)
            stage = f"generation {t + 1} of {len(schedule)}"
            judged = 0
            try:
                while sample.n_accepted < n:
                    while len(group.running) + len(group.judged) <= laboratory.at_once:
                        group.issue()
                    sample.append(group.take(judged))
                    judged += 1
                    accepted = sample.n_accepted
                    laboratory.tell(stage, accepted, n, accepted / judged, schedule[t])
            finally:
                group.stop()
            self.nr_evaluations_ = judged
            return sample

    return Addressed()
