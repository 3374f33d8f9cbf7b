r"""How well each variant does over many futures: regret, chance of being best, CVaR.

A future is a point of the uncertainties' space; a variant's value there is its mean
over replicates, which all variants share. With :math:`V_{af}` the value of variant
:math:`a` in future :math:`f`, the larger the better,

- regret is what one would wish to have chosen otherwise,
  :math:`R_{af} = \max_b V_{bf} - V_{af}` [1]_;
- the probability of being best counts futures without regret, ties shared;
- CVaR is the mean of the worst tenth of futures [2]_.

Intervals are percentiles over futures drawn again. All futures count alike: a sample
over plausible ranges is no statement of how likely they are, and the smallest largest
regret makes none [3]_.

References
----------
.. [1] Savage (1951), The theory of statistical decision. Journal of the American
   Statistical Association 46.
.. [2] Rockafellar, Uryasev (2000), Optimization of conditional value-at-risk. Journal
   of Risk 2(3).
.. [3] McPhail et al. (2018), Robustness metrics: how are they calculated, when should
   they be used and why do they give different results? Earth's Future 6(2).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.sensitivity.resampling import Bootstrap
from model.errors import Fault, InputError

Floats = NDArray[np.float64]

TAIL: Final = 0.1
BAND: Final = (0.1, 0.9)
_NEARLY: Final = 1e-9
COLUMNS: Final = (
    "variant", "measure", "value", "low", "high",
)  # fmt: skip


def regret(values: Floats) -> Floats:
    """What each variant misses in each future.

    Parameters
    ----------
    values : float64[futures, variants]
        The larger the better.

    Returns
    -------
    float64[futures, variants]
        Zero for the best, else above.
    """
    missed: Floats = values.max(axis=1, keepdims=True) - values
    return missed


def best(values: Floats) -> Floats:
    """Which variant is best in each future; ties share, float64[futures, variants]."""
    first = regret(values) <= _NEARLY * np.maximum(np.abs(values), 1.0)
    shared: Floats = np.asarray(first / first.sum(axis=1, keepdims=True))
    return shared


def tail_mean(values: Floats, tail: float = TAIL) -> Floats:
    """Mean of the worst part of futures, the last one in part (CVaR), [variants].

    Parameters
    ----------
    values : float64[futures, variants]
        The larger the better.
    tail : float
        Which part, 0-1.
    """
    found: Floats = _tail(values, np.ones((1, len(values))), tail)[0]
    return found


def _tail(values: Floats, counts: Floats, tail: float) -> Floats:
    """The same for futures that count several times, [resamples, variants]."""
    found = np.empty((len(counts), values.shape[1]))
    for column, one in enumerate(values.T):
        order = np.argsort(one, kind="stable")
        weight = counts[:, order]
        room = tail * weight.sum(axis=1, keepdims=True)
        before = np.cumsum(weight, axis=1) - weight
        taken = np.clip(room - before, 0.0, weight)
        found[:, column] = taken @ one[order] / room[:, 0]
    return found


def measures(
    values: Floats, names: Sequence[str], bootstrap: Bootstrap | None = None
) -> pd.DataFrame:
    """All measures of all variants.

    Parameters
    ----------
    values : float64[futures, variants]
        The larger the better.
    names : sequence of str
        Names of the variants; the first is the reference.
    bootstrap : Bootstrap, optional

    Returns
    -------
    DataFrame
        ``variant, measure, value, low, high``. ``mean``, ``gain`` (mean difference
        from the reference), ``gain_low`` and ``gain_high`` (80 % of futures lie
        between), ``worst_tenth``, ``regret``, ``largest_regret`` and
        ``probability_best``; no interval where a bootstrap cannot give one.

    Raises
    ------
    InputError
        If there are fewer than two variants or futures, or a value is missing.
    """
    _refuse(values, names)
    bootstrap = bootstrap or Bootstrap()
    gain = values - values[:, :1]
    missed, first = regret(values), best(values)
    sampled = {
        "mean": values, "gain": gain, "regret": missed, "probability_best": first
    }  # fmt: skip
    rows: list[tuple[str, str, float, float, float]] = []

    def add(measure: str, value: Floats, low: Floats, high: Floats) -> None:
        for at, name in enumerate(names):
            row = float(value[at]), float(low[at]), float(high[at])
            rows.append((name, measure, *row))

    for measure, each in sampled.items():
        low, high = bootstrap.interval(bootstrap.means(each))
        add(measure, each.mean(axis=0), low, high)
    low, high = bootstrap.apply(len(values), lambda counts: _tail(values, counts, TAIL))
    add("worst_tenth", tail_mean(values), low, high)
    none = np.full(len(names), np.nan)
    bottom, top = np.quantile(gain, BAND, axis=0)
    add("gain_low", bottom, none, none)
    add("gain_high", top, none, none)
    add("largest_regret", missed.max(axis=0), none, none)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _refuse(values: Floats, names: Sequence[str]) -> None:
    faults = []
    futures, variants = values.shape
    if variants < 2 or futures < 2:
        allowed = "two variants and two futures, or more"
        found = f"{variants} variants in {futures} futures"
        faults.append(Fault("there is nothing to choose", value=found, allowed=allowed))
    for future, column in np.argwhere(~np.isfinite(values))[:20].tolist():
        where = f"future {future}, {names[column]}"
        faults.append(Fault("has no value", key=where, allowed="a finite number"))
    if faults:
        raise InputError(faults)
