"""Waves that discard what cannot be: history matching.

Points that cover what is left are run, each figure is emulated over them, and a point
is implausible where some target lies more than three standard deviations from what the
emulator expects there; the deviation holds the target's error, the luck of runs and
the emulator's own error [1]_.

References
----------
.. [1] Vernon, Goldstein & Bower (2010), Galaxy formation: a Bayesian uncertainty
   analysis. Bayesian Analysis 5(4); McCulloch et al. (2022), Calibrating agent-based
   models using uncertainty quantification methods. JASSS 25(2) 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration.belief import Belief
from calibration.emulator import NO_EMULATOR, Emulator, fit_emulator
from calibration.laboratory import Laboratory
from calibration.problem import Problem

Floats = NDArray[np.float64]
CUT: Final = 3.0
_CANDIDATES: Final = 2**14


@dataclass(frozen=True)
class Wave:
    """One wave.

    Attributes
    ----------
    points : float64[points, parameters]
    figures : float64[points, targets]
    emulator : Emulator
        Fitted to this wave and those before.
    left : float, share
        Of the prior that is not implausible after it.
    """

    points: Floats
    figures: Floats
    emulator: Emulator = NO_EMULATOR
    left: float = 1.0


@dataclass(frozen=True)
class Matched:
    """What history matching leaves.

    Attributes
    ----------
    problem : Problem
    waves : tuple of Wave
    """

    problem: Problem
    waves: tuple[Wave, ...]

    def is_plausible(self, points: Floats) -> NDArray[np.bool_]:
        """Whether points are not implausible by any wave, bool[points]."""
        good = np.ones(len(np.atleast_2d(points)), bool)
        for wave in self.waves:
            good &= implausibility(self.problem, wave.emulator, points) < CUT
        return good

    @property
    def last(self) -> Wave:
        """The last wave."""
        return self.waves[-1]


def implausibility(problem: Problem, emulator: Emulator, points: Floats) -> Floats:
    """Largest standardised distance of a target from what is expected there.

    Parameters
    ----------
    problem : Problem
    emulator : Emulator
    points : float64[points, parameters]

    Returns
    -------
    float64[points]
    """
    expected, error = emulator(problem.belief.scaled(points))
    apart = np.abs(expected - problem.observed) / np.sqrt(problem.variance + error)
    worst: Floats = apart.max(axis=1)
    return worst


def match(
    problem: Problem, laboratory: Laboratory, waves: int, points: int,
    design: Belief | None = None,
) -> Matched:  # fmt: skip
    """Discard in waves.

    Parameters
    ----------
    problem : Problem
    laboratory : Laboratory
    waves : int
    points : int
        Trials of each wave.
    design : Belief, optional
        What the first wave covers, if not the problem's own belief.

    Returns
    -------
    Matched
    """
    belief, key = problem.belief, problem.key
    candidates = belief.spread_out(_CANDIDATES, key, waves)
    matched = Matched(problem, ())
    for number in range(waves):
        if number:
            chosen = _chosen(matched, points)
        else:
            chosen = (design or belief).spread_out(points, key)
        trials = [problem.trial(point) for point in chosen]
        stage = f"history matching, wave {number + 1} of {waves}"
        figures = problem.figures(laboratory.run(trials, stage))
        whole = np.isfinite(figures).all(axis=1)
        every = [*matched.waves, Wave(chosen[whole], figures[whole])]
        emulator = fit_emulator(
            belief.scaled(np.concatenate([wave.points for wave in every])),
            np.concatenate([wave.figures for wave in every]),
        )
        matched = Matched(
            problem, (*matched.waves, replace(every[-1], emulator=emulator))
        )
        left = float(matched.is_plausible(candidates).mean())
        last = replace(matched.last, left=left)
        matched = Matched(problem, (*matched.waves[:-1], last))
    return matched


def _chosen(matched: Matched, count: int) -> Floats:
    """Points that cover what is left; the least implausible ones where it is small."""
    problem, number = matched.problem, len(matched.waves)
    candidates = problem.belief.spread_out(_CANDIDATES, problem.key, number)
    good = candidates[matched.is_plausible(candidates)]
    if len(good) >= count:
        return good[:count]
    worst = implausibility(problem, matched.last.emulator, candidates)
    return candidates[np.argsort(worst, kind="stable")[:count]]
