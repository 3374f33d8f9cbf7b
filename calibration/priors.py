"""What is believed of a parameter before the model is compared with any target.

An estimate of the survey is a normal or lognormal distribution, cut at the hard range
of its parameter; where there is none, the plausible range of the declaration stands,
uniformly. A prior that comes from a synthetic survey says so, in the object and in the
file, and everything that is drawn from it has to carry that on.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import truncnorm

from model.errors import Fault, InputError, nearest
from model.geography.reading import Column, read_table
from model.simulation import CATALOGUE

Distribution = Literal["normal", "lognormal", "uniform"]
Floats = NDArray[np.float64]
YES, NO = "yes", "no"
NUMBERS = ("centre", "spread", "low", "high")
COLUMNS = (
    Column("parameter"),
    Column("distribution", choices=get_args(Distribution)),
    Column("centre", "number"),
    Column("spread", "number", low=0.0),
    Column("low", "number"),
    Column("high", "number"),
    Column("unit"),
    Column("source"),
    Column("synthetic", choices=(YES, NO)),
)


@dataclass(frozen=True)
class Prior:
    """The distribution of one parameter.

    Attributes
    ----------
    parameter : str
        Dotted name, as the model declares it.
    distribution : {"normal", "lognormal", "uniform"}
    centre : float, unit of the parameter
        Mean before cutting, median of a lognormal, middle of a uniform.
    spread : float
        Standard error of the survey's estimate, in the parameter's unit; of its
        logarithm for a lognormal; half the range for a uniform.
    low, high : float, unit of the parameter
        Where it is cut; the whole range of a uniform.
    source : str
        Where it comes from.
    synthetic : bool
        Whether it rests on a survey that was drawn, not held.
    """

    parameter: str
    distribution: Distribution
    centre: float
    spread: float
    low: float
    high: float
    source: str
    synthetic: bool

    def quantile(self, u: ArrayLike) -> Floats:
        """Values at shares of the distribution, between ``low`` and ``high``.

        Parameters
        ----------
        u : float64[...], share
            0 gives ``low``, 1 gives ``high``.

        Returns
        -------
        float64[...], unit of the parameter
        """
        shares = np.asarray(u, np.float64)
        if self.distribution == "uniform":
            values = self.low + shares * (self.high - self.low)
        else:
            values = self._plain(truncnorm.ppf(shares, **self._normal()))
        # Rounding of the last digit may lead out of the range.
        return np.asarray(np.clip(values, self.low, self.high))

    def density(self, x: ArrayLike) -> Floats:
        """Probability density at values, per unit of the parameter; 0 outside.

        Parameters
        ----------
        x : float64[...], unit of the parameter

        Returns
        -------
        float64[...]
        """
        values = np.asarray(x, np.float64)
        inside = (values >= self.low) & (values <= self.high)
        if self.distribution == "uniform":
            return np.where(inside, 1.0 / (self.high - self.low), 0.0)
        if self.distribution == "normal":
            found = truncnorm.pdf(values, **self._normal())
            return np.where(inside, found, 0.0)
        positive = inside & (values > 0.0)
        held = np.where(positive, values, 1.0)
        found = truncnorm.pdf(np.log(held), **self._normal()) / held
        return np.where(positive, found, 0.0)

    def _normal(self) -> dict[str, Any]:
        """The normal distribution behind it, as scipy wants it."""
        centre, ends = self.centre, np.array([self.low, self.high])
        if self.distribution == "lognormal":
            with np.errstate(divide="ignore"):
                centre, ends = float(np.log(centre)), np.log(np.maximum(ends, 0.0))
        a, b = (ends - centre) / self.spread
        return {"a": a, "b": b, "loc": centre, "scale": self.spread}

    def _plain(self, values: Floats) -> Floats:
        """From the scale of the normal to that of the parameter."""
        return np.exp(values) if self.distribution == "lognormal" else values


def declared_prior(parameter: str) -> Prior:
    """The plausible range of a parameter's declaration, uniformly.

    Parameters
    ----------
    parameter : str
        Dotted name.

    Raises
    ------
    InputError
        If there is no such parameter, or its declaration leaves nothing open.
    """
    declared = CATALOGUE[parameter]
    low, high = declared.plausible
    if not low < high:
        problem = "is fixed: its declaration leaves nothing to find out"
        raise InputError([Fault(problem, key=parameter)])
    source = f"plausible range of the declaration: {declared.source}"
    return Prior(
        parameter, "uniform", (low + high) / 2.0, (high - low) / 2.0, low, high,
        source, synthetic=False,
    )  # fmt: skip


def read_priors(path: Path) -> dict[str, Prior]:
    """Priors of a file, by parameter.

    Parameters
    ----------
    path : Path
        A CSV file as :func:`write_priors` makes it.

    Raises
    ------
    InputError
        With one fault for each thing that is wrong.
    """
    table = read_table(path, COLUMNS)
    kinds = cast(tuple[Distribution, ...], table.text("distribution"))
    numbers = {name: table.number(name) for name in NUMBERS}
    priors = [
        Prior(
            parameter=parameter,
            distribution=kinds[row],
            source=table.text("source")[row],
            synthetic=table.text("synthetic")[row] == YES,
            **{name: float(values[row]) for name, values in numbers.items()},
        )
        for row, parameter in enumerate(table.text("parameter"))
    ]
    faults: list[Fault] = []
    seen: set[str] = set()
    for line, prior in zip(table.lines, priors, strict=True):
        faults += [
            Fault(problem, path.name, line, prior.parameter, nearest=near)
            for problem, near in _problems(prior, seen)
        ]
        seen.add(prior.parameter)
    if faults:
        raise InputError(faults)
    return {prior.parameter: prior for prior in priors}


def write_priors(priors: Iterable[Prior], path: Path) -> None:
    """Write priors into a CSV file, with unit and source.

    Parameters
    ----------
    priors : iterable of Prior
    path : Path
        Replaced if it exists.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(column.name for column in COLUMNS)
    for one in priors:
        numbers = (getattr(one, name) for name in NUMBERS)
        unit = CATALOGUE[one.parameter].unit
        table.writerow(
            [one.parameter, one.distribution, *(f"{x:.8g}" for x in numbers), unit,
             one.source, YES if one.synthetic else NO]
        )  # fmt: skip
    path.write_text(text.getvalue(), encoding="utf-8")


def _problems(prior: Prior, seen: set[str]) -> Iterable[tuple[str, str]]:
    """What is wrong with a prior of a file, each with the nearest valid name."""
    if prior.parameter not in CATALOGUE:
        yield "unknown parameter", nearest(prior.parameter, CATALOGUE.names)
    if prior.parameter in seen:
        yield "has a prior already", ""
    if not prior.low < prior.high:
        yield "has no range: low is not below high", ""
    if prior.distribution != "uniform" and prior.spread <= 0.0:
        yield "has no spread", ""
    if prior.distribution == "lognormal" and prior.centre <= 0.0:
        yield "has a centre that is not above 0, as a lognormal needs", ""
