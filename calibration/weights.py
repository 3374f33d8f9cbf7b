r"""Weights that bring a sample to published margins: raking with bounds.

The weight of respondent i is :math:`w_i = d_i g_i`, with d the design weight and

.. math:: g_i = \min(\max(\textstyle\prod_m f_{m, c(i, m)}, L), U)

the factor of each margin's category found in turn until all margins are met: raking, or
iterative proportional fitting [1]_, whose limits L and U make it the truncated
multiplicative method of calibration [2]_. Who did not answer an item keeps its margin's
factor at 1. A margin may hold within a part of the sample only (women, within press).
Categories that nobody is in cannot be weighted up: they are reported, and the others
share what is left.

References
----------
.. [1] Deming & Stephan (1940), On a least squares adjustment of a sampled frequency
   table when the expected marginal totals are known. Ann. Math. Statist. 11(4).
.. [2] Deville & Särndal (1992), Calibration estimators in survey sampling. JASA 87.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from calibration.survey.codebook import PARTS, WEIGHT, Part, SurveyError, codebook
from calibration.survey.reading import Survey
from model.errors import Fault, nearest
from model.geography.reading import Column, read_table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MARGINS = Path(__file__).parent / "survey" / "margins.csv"
BOUNDS = (0.05, 5.0)  # of a weight, in mean weights; assumed
SOURCES = {"en": "source", "fr": "source_fr", "nl": "source_nl"}  # columns of margins
SETTLED, MOST_ROUNDS = 1e-11, 500
TINY, DRIFT = 1e-9, 1e3
MISSED = 1e-6  # of a share
SUM_OF_SHARES = 1e-4  # rounding of published shares


class Source(NamedTuple):
    """Where a share comes from: its nature, and words in three languages."""

    nature: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class Margin:
    """Published shares of an item's codes, perhaps within a part of the population.

    Attributes
    ----------
    item : str
    shares : dict of str to float
        By code; they add up to 1.
    within : (str, str) or None
        Item and code that the shares are of.
    sources : tuple of Source
        Of each share.
    """

    item: str
    shares: dict[str, float]
    within: tuple[str, str] | None = None
    sources: tuple[Source, ...] = ()

    @property
    def title(self) -> str:
        """Name of the margin."""
        return f"{self.item} within {self.within[1]}" if self.within else self.item


@dataclass(frozen=True)
class Line:
    """One category of a margin, before and after weighting.

    ``aim`` is the target, or what it becomes when others are empty.
    """

    margin: Margin
    code: str
    n: int
    before: float
    target: float
    aim: float
    after: float
    source: Source | None

    @property
    def missed(self) -> bool:
        """Whether the bounds kept it from its target."""
        return self.n > 0 and abs(self.after - self.aim) > MISSED


@dataclass(frozen=True)
class Weights:
    """Weights of respondents, and how well they do.

    Attributes
    ----------
    values : float64[respondents]
        Mean 1 over those that count.
    lines : tuple of Line
    empty : tuple of str
        Categories that nobody is in.
    unknown : tuple of str
        Items that weights could use, had anybody published their shares.
    """

    values: Floats
    lines: tuple[Line, ...]
    empty: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def kish(self) -> float:
        """Effective sample size (Kish 1965)."""
        return kish(self.values)


def kish(weight: Floats) -> float:
    """Effective sample size: (sum w)^2 / sum w^2; 0 for none."""
    square = float(weight @ weight)
    return float(weight.sum()) ** 2 / square if square > 0.0 else 0.0


def weigh(
    survey: Survey,
    margins: Sequence[Margin] | None = None,
    bounds: tuple[float, float] = BOUNDS,
) -> Weights:
    """Weights of a survey's respondents.

    Parameters
    ----------
    survey : Survey
    margins : sequence of Margin, optional
        The published ones if not given.
    bounds : (float, float)
        Smallest and largest weight, in mean weights.
    """
    held = read_margins()[survey.part] if margins is None else tuple(margins)
    design = design_weights(survey)
    wanted, places, empty = [], [], []
    for margin in held:
        place = _places(survey, margin)
        counts = np.array([design[place == k].sum() for k in range(len(margin.shares))])
        empty += [
            f"{margin.title}: {code}"
            for code, count in zip(margin.shares, counts, strict=True)
            if count == 0.0 and margin.shares[code] > 0.0
        ]
        share = np.where(counts > 0.0, list(margin.shares.values()), 0.0)
        if share.sum() > 0.0:
            wanted.append(share / share.sum())
            places.append(place)
        else:
            wanted.append(share)
            places.append(np.full(len(design), -1))
    values = rake(design, places, wanted, bounds)
    values = values / values[values > 0.0].mean()
    lines = [
        line
        for margin, aim in zip(held, wanted, strict=True)
        for line in _lines(margin, _places(survey, margin), (design, values), aim)
    ]
    known = {margin.item for margin in held}
    marked = [item.name for item in codebook().items(survey.part) if item.margin]
    unknown = tuple(name for name in marked if name not in known)
    return Weights(values, tuple(lines), tuple(empty), unknown)


def design_weights(survey: Survey) -> Floats:
    """Weights that the file gives; their mean where a row has none, 1 without any."""
    given = survey.number(WEIGHT)
    known = np.isfinite(given)
    usual = float(given[known].mean()) if known.any() else 1.0
    return np.where(known, given, usual)


def rake(
    design: Floats,
    places: Sequence[Ints],
    shares: Sequence[Floats],
    bounds: tuple[float, float] = (0.0, np.inf),
) -> Floats:
    """Weights whose margins are met as far as the bounds allow.

    Parameters
    ----------
    design : float64[n]
        Weights to begin with.
    places : sequence of int64[n]
        Category of each respondent in each margin; -1 where the margin says nothing.
    shares : sequence of float64[categories]
        Wanted shares among those with a category, adding up to 1; 0 where nobody is.
    bounds : (float, float)
        Of the factor on the design weight.

    Returns
    -------
    float64[n]
    """
    if not places:
        return design.copy()
    table, cell = np.unique(np.stack(places, axis=1), axis=0, return_inverse=True)
    cell = cell.reshape(len(design))
    mass = np.bincount(cell, weights=design, minlength=len(table))
    free = np.ones(len(table))  # factor before the bounds cut it
    limits = (
        np.maximum(bounds[0], TINY) / DRIFT,
        np.minimum(bounds[1], 1.0 / TINY) * DRIFT,
    )
    for _ in range(MOST_ROUNDS):
        before = np.clip(free, *bounds)
        for m, wanted in enumerate(shares):
            inside = table[:, m] >= 0
            total = float(mass[inside] @ np.clip(free[inside], *bounds))
            kinds = np.flatnonzero(wanted > 0.0)
            if not total > 0.0:
                continue
            held = np.array([mass[table[:, m] == k].sum() for k in kinds])
            aims = within_reach(held, wanted[kinds] * total, bounds)
            for k, aim in zip(kinds, aims, strict=True):
                here = table[:, m] == k
                factor = _factor(mass[here], free[here], aim, bounds)
                free[here] = np.clip(free[here] * factor, *limits)
        change = np.abs(np.clip(free, *bounds) / before - 1.0)
        if change.max() < SETTLED:
            break
    weights: Floats = design * np.clip(free, *bounds)[cell]
    return weights


def within_reach(held: Floats, aims: Floats, bounds: tuple[float, float]) -> Floats:
    """Aims of a margin's categories as far as the bounds allow; their sum stays.

    Parameters
    ----------
    held, aims : float64[categories]
        Sums of design weights, and of the weights that are wanted.
    bounds : (float, float)
        Of the factor between them.
    """
    factor = _factor(held, aims / held, float(aims.sum()), bounds)
    reached: Floats = held * np.clip(factor * aims / held, *bounds)
    return reached


def _factor(
    mass: Floats, free: Floats, target: float, bounds: tuple[float, float]
) -> float:
    """Factor on ``free`` that gives a category its target, within the bounds."""
    plain = target / float(mass @ free)
    low, high = bounds
    scaled = free * plain
    if (scaled >= low).all() and (scaled <= high).all():
        return plain

    def lacking(logarithm: float) -> float:
        return float(mass @ np.clip(free * np.exp(logarithm), low, high)) - target

    # Beyond these factors every weight stands at a bound.
    least = np.log(max(low, TINY) / free.max())
    most = np.log(min(high, 1.0 / TINY) / free.min())
    if lacking(least) >= 0.0:
        return float(np.exp(least))
    if lacking(most) <= 0.0:
        return float(np.exp(most))
    return float(np.exp(brentq(lacking, least, most, xtol=1e-13, maxiter=500)))


def _places(survey: Survey, margin: Margin) -> Ints:
    """Category of each respondent in a margin; -1 where it says nothing."""
    codes = codebook().item(survey.part, margin.item).codes
    order = list(margin.shares)
    position = np.array([order.index(c) if c in order else -1 for c in codes] + [-1])
    place: Ints = position[survey.code(margin.item)]
    if margin.within is not None:
        place = np.where(survey.is_code(*margin.within), place, -1)
    return place


def _lines(
    margin: Margin, place: Ints, weights: tuple[Floats, Floats], aim: Floats
) -> list[Line]:
    inside, (design, values) = place >= 0, weights
    before, after = design[inside].sum(), values[inside].sum()
    lines = []
    for k, (code, target) in enumerate(margin.shares.items()):
        here = place == k
        share = [
            float(w[here].sum() / total) if total > 0.0 else 0.0
            for w, total in ((design, before), (values, after))
        ]
        source = margin.sources[k] if margin.sources else None
        count = int((here & (design > 0.0)).sum())
        line = Line(
            margin, code, count, share[0], target, float(aim[k]), share[1], source
        )
        lines.append(line)
    return lines


def read_margins(path: Path = MARGINS) -> dict[Part, tuple[Margin, ...]]:
    """Published margins by part.

    Raises
    ------
    SurveyError
        With one fault for each thing that is wrong.
    """
    texts = ("item", "code", "source", "nature")
    table = read_table(
        path,
        [Column("part", choices=PARTS), *(Column(name) for name in texts),
         Column("share", "number", 0.0, 1.0), Column("within_item", blank=True),
         Column("within_code", blank=True), Column("source_fr", blank=True),
         Column("source_nl", blank=True)],
    )  # fmt: skip
    names = ("part", "item", "within_item", "within_code", "code", "nature")
    found: dict[tuple[str, ...], list[tuple[str, float, Source]]] = {}
    faults = []
    columns = [table.text(name) for name in names]
    words = zip(*(table.text(name) for name in SOURCES.values()), strict=True)
    rows = zip(table.lines, table.number("share"), words, *columns, strict=True)
    for line, share, said_by, part, item, within, code_within, code, nature in rows:
        faults += [
            Fault(problem, path.name, line, name, nearest=near)
            for problem, name, near in _unknown(
                part, ((item, code), (within, code_within))
            )
        ]
        source = Source(nature, dict(zip(SOURCES, said_by, strict=True)))
        said = (code, float(share), source)
        found.setdefault((part, item, within, code_within), []).append(said)
    for key, listed in found.items():
        if abs(sum(share for _, share, _ in listed) - 1.0) > SUM_OF_SHARES:
            problem = "shares do not add up to 1"
            faults.append(Fault(problem, path.name, key=" ".join(filter(None, key))))
    if faults:
        raise SurveyError(faults)
    margins: dict[Part, list[Margin]] = {part: [] for part in PARTS}
    for (part, item, within, code_within), listed in found.items():
        margin = Margin(
            item, {code: share for code, share, _ in listed},
            (within, code_within) if within else None, tuple(s for *_, s in listed),
        )  # fmt: skip
        margins["workers" if part == "workers" else "firms"].append(margin)
    return {part: tuple(listed) for part, listed in margins.items()}


def _unknown(part: str, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Items and codes that the codebook does not know, with the nearest it knows."""
    items = {
        i.name: i for i in codebook().items("workers" if part == "workers" else "firms")
    }
    found = []
    for item, code in pairs:
        if not item:
            continue
        if item not in items:
            found.append(("unknown item", item, nearest(item, list(items))))
        elif code not in items[item].codes:
            near = nearest(code, items[item].codes)
            found.append((f"unknown code of {item}", code, near))
    return found
