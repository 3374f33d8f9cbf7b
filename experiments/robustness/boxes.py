"""When a variant falls behind, in a few conditions: a box in the uncertainties' space.

A box is a conjunction of at most three ranges, such as ``rent above 180 and nest below
0.4``. *Coverage* is the share of the futures that fall behind which lie in the box,
*density* the share of the futures in the box that fall behind; the best box has the
largest harmonic mean of both. Boxes are looked for by PRIM [1]_ [2]_ where
``ema_workbench`` is installed (extra ``robust``), else by a classification tree [3]_
whose leaves are the candidates. The tree is written here since it takes a page;
scikit-learn would be a large dependency for it, and is on board only where
``ema_workbench`` brings it.

Any search finds some box in noise. So the search is repeated without each fifth of the
futures, and a box is told only if those left out fall behind in it more often than
elsewhere: by Fisher's exact test at 5 %.

References
----------
.. [1] Friedman, Fisher (1999), Bump hunting in high-dimensional data. Statistics and
   Computing 9.
.. [2] Bryant, Lempert (2010), Thinking inside the box: a participatory,
   computer-assisted approach to scenario discovery. Technological Forecasting and
   Social Change 77.
.. [3] Breiman, Friedman, Olshen, Stone (1984), Classification and Regression Trees.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import fisher_exact

from experiments.factors import Problem

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Finder = Literal["prim", "cart"]

MOST_CONDITIONS: Final = 3
_FOLDS: Final = 5
_FEWEST: Final = 8
_SMALLEST_SHARE: Final = 0.05
_LEVEL: Final = 0.05


@dataclass(frozen=True)
class Condition:
    """A range of one factor.

    Attributes
    ----------
    factor : str
    low, high : float
        Ends, both included; minus or plus infinity where there is none.
    """

    factor: str
    low: float = -np.inf
    high: float = np.inf


@dataclass(frozen=True)
class Box:
    """Where a variant falls behind.

    Attributes
    ----------
    conditions : tuple of Condition
        All hold; empty: everywhere.
    coverage, density : float
        Of the futures that the box was found in.
    share : float
        Share of all futures that fall behind.
    held_out : float
        Density among futures that the search did not see.
    probability : float
        Of so much by chance, in futures that the search did not see.
    finder : {"prim", "cart"}
    """

    conditions: tuple[Condition, ...]
    coverage: float
    density: float
    share: float
    held_out: float
    probability: float
    finder: Finder

    @property
    def is_told(self) -> bool:
        """Whether the box holds in futures that the search did not see."""
        return bool(self.conditions) and self.probability < _LEVEL


Limits: TypeAlias = Floats  # float64[factors, 2]


def finder_at_hand() -> Finder:
    """PRIM where its package is installed, else a tree."""
    return "prim" if importlib.util.find_spec("ema_workbench") else "cart"


def find_box(
    problem: Problem, sample: Floats, behind: Flags, finder: Finder | None = None
) -> Box:
    """The few conditions under which something happens.

    Parameters
    ----------
    problem : Problem
    sample : float64[futures, factors]
        Decoded values.
    behind : bool[futures]
        Whether it happens.
    finder : {"prim", "cart"}, optional
        How; PRIM where it is installed.

    Returns
    -------
    Box
        Without conditions where it always or never happens, or in too few futures.
    """
    how = finder or finder_at_hand()
    search = _prim if how == "prim" else tree_limits
    share = float(behind.mean())
    if min(behind.sum(), (~behind).sum()) < _FEWEST:
        return Box((), 1.0, share, share, share, 1.0, how)
    limits = search(sample, behind)
    inside = _inside(sample, limits)
    coverage, density = _quality(inside, behind)
    held_out, probability = _held_out(sample, behind, search)
    return Box(
        conditions_of(problem, limits), coverage, density, share, held_out, probability,
        how,
    )  # fmt: skip


def conditions_of(problem: Problem, limits: Limits) -> tuple[Condition, ...]:
    """Ranges that leave something of a factor out."""
    return tuple(
        Condition(factor.name, float(low), float(high))
        for factor, (low, high) in zip(problem, limits, strict=True)
        if np.isfinite(low) or np.isfinite(high)
    )


def _inside(sample: Floats, limits: Limits) -> Flags:
    within = (sample >= limits[:, 0]) & (sample <= limits[:, 1])
    return np.asarray(within.all(axis=1))


def _quality(inside: Flags, behind: Flags) -> tuple[float, float]:
    """Coverage and density."""
    both = float((inside & behind).sum())
    return both / max(behind.sum(), 1), both / max(inside.sum(), 1)


def _merit(inside: Flags, behind: Flags) -> float:
    coverage, density = _quality(inside, behind)
    return 2 * coverage * density / (coverage + density) if coverage else 0.0


def _held_out(
    sample: Floats, behind: Flags, search: Callable[[Floats, Flags], Limits]
) -> tuple[float, float]:
    """Density in futures that were left out, and how likely chance makes it."""
    fold = np.arange(len(behind)) % _FOLDS
    inside = np.zeros(len(behind), bool)
    for one in range(_FOLDS):
        out = fold == one
        if behind[~out].any() and not behind[~out].all():
            inside[out] = _inside(sample[out], search(sample[~out], behind[~out]))
    if not inside.any() or inside.all():
        return float("nan"), 1.0
    table = [
        [int((inside & behind).sum()), int((inside & ~behind).sum())],
        [int((~inside & behind).sum()), int((~inside & ~behind).sum())],
    ]
    found = fisher_exact(table, alternative="greater")
    return float(behind[inside].mean()), float(found.pvalue)


# --- Classification tree --------------------------------------------------------------
def tree_limits(sample: Floats, behind: Flags) -> Limits:
    """Limits of the best leaf, or inner node, of a tree of at most three splits deep.

    Parameters
    ----------
    sample : float64[futures, factors]
    behind : bool[futures]
    """
    everywhere = np.tile([-np.inf, np.inf], (sample.shape[1], 1))
    smallest = max(_FEWEST, int(_SMALLEST_SHARE * len(behind)))
    candidates = _grow(sample, behind, everywhere, 0, smallest)
    # Everywhere is no answer: what is told must leave something out.
    split = [limits for limits in candidates if np.isfinite(limits).any()]
    if not split:
        return everywhere
    return max(split, key=lambda limits: _merit(_inside(sample, limits), behind))


def _grow(
    sample: Floats, behind: Flags, limits: Limits, depth: int, smallest: int
) -> list[Limits]:
    here = _inside(sample, limits)
    found = [limits]
    if depth == MOST_CONDITIONS or behind[here].all() or not behind[here].any():
        return found
    best = _best_split(sample[here], behind[here], smallest)
    if best is None:
        return found
    factor, below, above = best
    for side, edge in ((1, below), (0, above)):
        narrower = limits.copy()
        narrower[factor, side] = edge
        found += _grow(sample, behind, narrower, depth + 1, smallest)
    return found


def _best_split(
    sample: Floats, behind: Flags, smallest: int
) -> tuple[int, float, float] | None:
    """Factor and the values on both sides of the cut that lowers Gini impurity most."""
    count = len(behind)
    total = behind.sum()
    best: tuple[int, float, float] | None = None
    lowest = count * float(_gini(total / count)) - 1e-12
    for factor, column in enumerate(sample.T):
        order = np.argsort(column, kind="stable")
        values, hits = column[order], np.cumsum(behind[order])
        left = np.arange(1, count)
        fits = (left >= smallest) & (count - left >= smallest)
        cuts = np.flatnonzero((values[1:] > values[:-1]) & fits)
        if not len(cuts):
            continue
        size, inside = left[cuts], hits[cuts]
        rest = count - size
        impurity = size * _gini(inside / size) + rest * _gini((total - inside) / rest)
        at = int(impurity.argmin())
        if impurity[at] < lowest:
            lowest = float(impurity[at])
            middle = (values[cuts[at]] + values[cuts[at] + 1]) / 2
            best = (factor, float(middle), float(middle))
    return best


def _gini(share: Floats | float) -> Floats:
    impurity: Floats = np.asarray(2.0 * share * (1.0 - share))
    return impurity


# --- PRIM -----------------------------------------------------------------------------
def _prim(sample: Floats, behind: Flags) -> Limits:
    """Limits of the best box on PRIM's peeling trajectory."""
    names = [f"x{i}" for i in range(sample.shape[1])]
    frame = pd.DataFrame(sample, columns=names)
    smallest = max(_FEWEST / len(behind), _SMALLEST_SHARE)
    with warnings.catch_warnings():
        # It tells of plotting packages that it misses, and uses pandas in ways that are
        # going out of use: nothing that a reader of results could mend.
        warnings.simplefilter("ignore")
        from ema_workbench.analysis import prim

        search = prim.Prim(frame, behind.astype(int), threshold=0.01, mass_min=smallest)
        box = search.find_box()
    everywhere = np.tile([-np.inf, np.inf], (sample.shape[1], 1))
    if box is None:
        return everywhere
    widest = frame.min().to_numpy(), frame.max().to_numpy()
    candidates = [_prim_limits(one[names], widest) for one in box.box_lims]
    few = [c for c in candidates if 1 <= _restricted(c) <= MOST_CONDITIONS]
    if not few:
        return everywhere
    return max(few, key=lambda limits: _merit(_inside(sample, limits), behind))


def _prim_limits(found: pd.DataFrame, widest: tuple[Floats, Floats]) -> Limits:
    low, high = found.to_numpy("float64")
    return np.column_stack(
        [np.where(low > widest[0], low, -np.inf),
         np.where(high < widest[1], high, np.inf)]
    )  # fmt: skip


def _restricted(limits: Limits) -> int:
    return int(np.isfinite(limits).any(axis=1).sum())
