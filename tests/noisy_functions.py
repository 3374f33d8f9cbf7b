"""Functions with known indices, and noise that is shared or not."""

from __future__ import annotations

from typing import Literal

import numpy as np
from SALib.sample import sobol
from SALib.test_functions import Ishigami

from experiments.factors import Factor, Problem
from experiments.sensitivity.points import Points
from experiments.sensitivity.responses import Responses

NAMES = ("x1", "x2", "x3", "dummy")
PROBLEM = Problem(tuple(Factor(name, -np.pi, np.pi) for name in NAMES))

# Ishigami and Homma (1990) with a = 7, b = 0.1, and a factor that does nothing.
_V1 = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2
_V2 = 7**2 / 8
_V13 = 0.1**2 * np.pi**8 * 8 / 225
VARIANCE = _V1 + _V2 + _V13
FIRST = np.array([_V1, _V2, 0.0, 0.0]) / VARIANCE
TOTAL = np.array([_V1 + _V13, _V2, _V13, 0.0]) / VARIANCE

Shared = Literal["none", "row", "all"]


def design(rows: int, seed: int = 0, mirrored: bool = False) -> np.ndarray:
    return sobol.sample(PROBLEM.salib(), rows, calc_second_order=mirrored, seed=seed)


def points(rows: int, seed: int = 0, mirrored: bool = False) -> Points:
    return Points(PROBLEM, design(rows, seed, mirrored))


def ishigami(x: np.ndarray) -> np.ndarray:
    return Ishigami.evaluate(x[:, :3])


def noise(
    points: int, row: int, replicates: int, shared: Shared, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Unit normal noise and the keys that it belongs to, [points, replicates]."""
    drawn = np.random.default_rng(seed)
    rows = points // row
    if shared == "none":
        keys = np.arange(points * replicates).reshape(points, replicates)
        return drawn.normal(size=keys.shape), keys
    if shared == "row":
        keys = np.arange(rows * replicates).reshape(rows, replicates)
        values = drawn.normal(size=keys.shape)
        return np.repeat(values, row, axis=0), np.repeat(keys, row, axis=0)
    keys = np.broadcast_to(np.arange(replicates), (points, replicates))
    return np.broadcast_to(drawn.normal(size=replicates), keys.shape), keys


def noisy_ishigami(
    rows: int,
    replicates: int = 2,
    shared: Shared = "none",
    seed: int = 0,
    mirrored: bool = False,
    own: float = 0.0,
) -> Responses:
    """Ishigami with noise of the same variance as the signal.

    ``own`` is the part of the noise that is not shared, whatever the keys say: luck
    that strikes points that share a key in different ways.
    """
    x = design(rows, seed, mirrored)
    row = len(x) // rows
    common, keys = noise(len(x), row, replicates, shared, seed)
    alone = np.random.default_rng(10_000 + seed).normal(size=common.shape)
    luck = np.sqrt(1.0 - own) * common + np.sqrt(own) * alone
    values = ishigami(x)[:, None] + np.sqrt(VARIANCE) * luck
    return Responses(values, keys.astype(np.uint64), "ishigami")
