"""Does the fit find what is known? Regions simulated from known parameters.

For each region parameters are drawn from the declared ranges, a run with a replicate
key of its own gives its figures, to which each target's error is added, and a survey
gives an estimate, with its standard error, of each parameter that the shipped survey
informs. The fit sees figures and estimates only. Over many regions an 80 % interval
should hold the truth in 80 of 100.

The first wave is common to all regions: it depends on the declared ranges alone. The
posterior is that of the emulators of all waves, or, if asked, ABC-SMC itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.abc_smc import Sampled, sample_posterior
from calibration.belief import Belief
from calibration.emulated import emulated_posterior
from calibration.fitting import Settings
from calibration.history_matching import match
from calibration.identified import weighted_quantile
from calibration.laboratory import Laboratory
from calibration.priors import Prior
from calibration.problem import Problem, measure_luck
from calibration.targets import Target
from calibration.trial import Ground
from model import streams

Floats = NDArray[np.float64]
QUICKLY: Final = Settings(Ground(until="2019-12", scale=0.25), 0, 8, 2, 120, 60)
REGION_KEYS: Final = 10_000  # replicate keys of regions begin here
_LEVEL: Final = 0.8


@dataclass(frozen=True)
class Region:
    """One region and what was found of it.

    Attributes
    ----------
    number : int
    truth : float64[parameters]
    low, median, high : float64[parameters]
        Middle 80 % of the posterior.
    effective : float
        Effective draws.
    """

    number: int
    truth: Floats
    low: Floats
    median: Floats
    high: Floats
    effective: float

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Whether the interval holds the truth, bool[parameters]."""
        return (self.low <= self.truth) & (self.truth <= self.high)


@dataclass(frozen=True)
class Recovery:
    """What was recovered.

    Attributes
    ----------
    names : tuple of str
    regions : tuple of Region
    settings : Settings
    sampled : bool
        Whether by ABC-SMC itself, not by emulators.
    surveyed : tuple of str
        Parameters of which a survey gives an estimate.
    """

    names: tuple[str, ...]
    regions: tuple[Region, ...]
    settings: Settings
    sampled: bool
    surveyed: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """Coverage, error and width of each parameter, and of all."""
        covered = np.array([region.covered for region in self.regions])
        truth = np.array([region.truth for region in self.regions])
        median = np.array([region.median for region in self.regions])
        width = np.array([region.high - region.low for region in self.regions])
        spread = np.array([np.ptp(p.quantile([0.1, 0.9])) for p in Belief.of().priors])
        rows = pd.DataFrame(
            {
                "parameter": self.names,
                "regions": len(self.regions),
                "coverage": covered.mean(axis=0),
                "error": np.sqrt(((median - truth) ** 2).mean(axis=0)),
                "width": width.mean(axis=0),
                "width_to_prior": width.mean(axis=0) / spread,
                "surveyed": [name in self.surveyed for name in self.names],
            }
        )
        every = {
            "parameter": "all",
            "regions": len(self.regions),
            "coverage": covered.mean(),
            "width_to_prior": rows["width_to_prior"].mean(),
        }
        return pd.concat([rows, pd.DataFrame([every])], ignore_index=True)


def recover(
    targets: Sequence[Target], surveyed: Sequence[Prior], laboratory: Laboratory,
    how: tuple[Settings, int, Path | None],
) -> Recovery:  # fmt: skip
    """Simulate regions, fit each, and see what the intervals hold.

    Parameters
    ----------
    targets : sequence of Target
        Those that are fitted; each region has values of its own.
    surveyed : sequence of Prior
        Estimates of the survey: their standard errors are those of each region's.
    laboratory : Laboratory
    how : (Settings, int, Path or None)
        How much is spent, number of regions, and a folder for generations of ABC-SMC;
        None: the posterior is that of the emulators.

    Returns
    -------
    Recovery
    """
    settings, count, folder = how
    declared, ground = Belief.of(), settings.ground
    keys = range(settings.key, settings.key + settings.luck_keys)
    luck = measure_luck(declared, targets, laboratory, ground, keys)
    plain = Problem(declared, tuple(targets), ground, settings.key, luck)
    truths = [_truth(declared, number) for number in range(count)]
    trials = [plain.trial(x, REGION_KEYS + n) for n, x in enumerate(truths)]
    seen = plain.figures(laboratory.run(trials, "regions"))
    regions = []
    for number, truth in enumerate(truths):
        problem = _seen_by(plain, surveyed, (number, truth, seen[number]))
        matched = match(problem, laboratory, settings.waves, settings.points, declared)
        if folder is None:
            found = emulated_posterior(matched)
        else:
            place = folder / f"region-{number}"
            place.mkdir(parents=True, exist_ok=True)
            found = sample_posterior(matched, laboratory, place, settings.particles)
        regions.append(_region(number, truth, found))
    names = tuple(prior.parameter for prior in surveyed)
    return Recovery(declared.names, tuple(regions), settings, folder is not None, names)


def _truth(declared: Belief, number: int) -> Floats:
    where = np.arange(len(declared.names), dtype=np.uint64)
    u = streams.uniforms(number, streams.TRUTH, 0, where)
    point: Floats = declared.quantile(u[None, :])[0]
    return point


def _seen_by(
    plain: Problem, surveyed: Sequence[Prior], region: tuple[int, Floats, Floats]
) -> Problem:
    """The problem of a region: its figures with error, and its survey's estimates."""
    number, truth, figures = region
    where = np.arange(len(figures), dtype=np.uint64)
    noise = streams.normals(number, streams.OBSERVATION, 0, where)
    values = figures + noise * np.array([target.error for target in plain.targets])
    targets = tuple(
        replace(target, value=float(value))
        for target, value in zip(plain.targets, values, strict=True)
    )
    at = dict(zip(plain.belief.names, truth.tolist(), strict=True))
    mine = [prior for prior in surveyed if prior.parameter in at]
    chance = streams.normals(
        number, streams.OBSERVATION, 1, np.arange(len(mine), dtype=np.uint64)
    )
    # Truths come from the declared ranges, so what is believed ends there too.
    ends = {prior.parameter: prior for prior in plain.belief.priors}
    estimates = {
        prior.parameter: replace(
            prior, distribution="normal", low=ends[prior.parameter].low,
            high=ends[prior.parameter].high,
            centre=at[prior.parameter] + _standard_error(prior) * float(z),
            spread=_standard_error(prior),
        )
        for prior, z in zip(mine, chance, strict=True)
    }  # fmt: skip
    return replace(plain, belief=Belief.of(estimates), targets=targets)


def _standard_error(prior: Prior) -> float:
    """Standard error in the parameter's unit."""
    if prior.distribution == "lognormal":
        return prior.centre * prior.spread
    return prior.spread


def _region(number: int, truth: Floats, found: Sampled) -> Region:
    tail = (1.0 - _LEVEL) / 2.0
    shares = (tail, 0.5, 1.0 - tail)
    low, median, high = np.array(
        [weighted_quantile(column, found.weights, shares) for column in found.points.T]
    ).T
    return Region(number, truth, low, median, high, found.effective)
