"""A choice among the variants of a sweep, from its runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.factors import Problem
from experiments.robustness.boxes import Box, Finder, find_box
from experiments.robustness.measures import measures, regret
from experiments.sensitivity.figures import Figure, points_of, read_figures
from experiments.sensitivity.resampling import Bootstrap
from experiments.sweep.folder import Swept
from model.errors import Fault, InputError
from model.indicators import INDICATORS

Floats = NDArray[np.float64]
_SIGNS = {"more": 1.0, "less": -1.0}


class Measured(NamedTuple):
    """A measure with its interval; NaN where it has none."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Choice:
    """How well each variant does over the uncertainties.

    Attributes
    ----------
    figure : Figure
        What counts.
    sign : float
        1 where more is better, -1 where less is.
    problem : Problem
    sample : float64[futures, factors]
    variants : tuple of str
        The reference first.
    values : float64[futures, variants], unit of the indicator
        Means over replicates.
    replicates : int
    measures : DataFrame
        ``variant, measure, value, low, high``; in the unit of the indicator and its own
        direction, but for regret and probability.
    finder : {"prim", "cart"} or None
        How boxes are looked for; None: PRIM where it is installed.
    """

    figure: Figure
    sign: float
    problem: Problem
    sample: Floats
    variants: tuple[str, ...]
    values: Floats
    replicates: int
    measures: pd.DataFrame
    finder: Finder | None = None

    @cached_property
    def _measured(self) -> dict[tuple[str, str], Measured]:
        columns = ("variant", "measure", "value", "low", "high")
        rows = zip(*(self.measures[name].tolist() for name in columns), strict=True)
        return {(v, m): Measured(value, low, high) for v, m, value, low, high in rows}

    def of(self, variant: str, measure: str) -> Measured:
        """A measure of a variant with its interval."""
        return self._measured[variant, measure]

    def first_by(self, measure: str, most: bool) -> str:
        """The variant with the most, or the least, of a measure."""
        turn = 1.0 if most else -1.0
        return max(self.variants, key=lambda one: turn * self.of(one, measure).value)

    @cached_property
    def regret(self) -> Floats:
        """What each variant misses in each future, float64[futures, variants]."""
        return regret(self.sign * self.values)

    @property
    def futures(self) -> int:
        """Number of points of the uncertainties' space."""
        return len(self.values)

    @cached_property
    def leader(self) -> str:
        """The variant with the least mean regret."""
        return self.first_by("regret", most=False)

    def rival(self, variant: str) -> str | None:
        """Whom a variant falls behind: the leader; None for the leader: anybody."""
        return None if variant == self.leader else self.leader

    def behind(self, variant: str) -> NDArray[np.bool_]:
        """Futures in which a variant falls behind its rival, bool[futures]."""
        values = self.sign * self.values
        own = values[:, self.variants.index(variant)]
        rival = self.rival(variant)
        if rival is None:
            others = np.delete(values, self.variants.index(variant), axis=1)
            return np.asarray(others.max(axis=1) > own)
        return np.asarray(values[:, self.variants.index(rival)] > own)

    @cached_property
    def boxes(self) -> dict[str, Box]:
        """When each variant falls behind its rival."""
        return {
            one: find_box(self.problem, self.sample, self.behind(one), self.finder)
            for one in self.variants
        }

    def box_table(self) -> pd.DataFrame:
        """One row for each condition of each box; variants without one have one row."""
        rows = []
        for variant, box in self.boxes.items():
            facts = {
                "variant": variant, "behind": self.rival(variant) or "any other",
                "share": box.share, "coverage": box.coverage, "density": box.density,
                "held_out": box.held_out, "probability": box.probability,
                "told": box.is_told, "finder": box.finder,
            }  # fmt: skip
            rows += [facts | vars(one) for one in box.conditions] or [facts]
        columns = [*facts, "factor", "low", "high"]
        return pd.DataFrame(rows).reindex(columns=columns)


def robust_choice(
    swept: Swept,
    figure: Figure,
    better: str | None = None,
    bootstrap: Bootstrap | None = None,
    finder: Finder | None = None,
) -> Choice:
    """How well the variants of a sweep do over its uncertainties.

    Parameters
    ----------
    swept : Swept
        With two scenarios or more, run at the same points with the same replicates.
    figure : Figure
        What counts; its scenarios are not looked at.
    better : {"more", "less"}, optional
        Which is better; as the indicator says if not given.
    bootstrap : Bootstrap, optional
    finder : {"prim", "cart"}, optional

    Raises
    ------
    InputError
        If there are fewer than two scenarios, nobody says what is better, or runs are
        missing.
    """
    names = swept.scenarios
    faults = []
    if len(names) < 2:
        allowed = "a sweep with several scenarios under 'scenarios'"
        faults.append(Fault("there is nothing to choose", allowed=allowed))
    known = INDICATORS.get(figure.indicator)
    direction = better or (known.better if known else "more")
    if direction not in _SIGNS:
        allowed = "more or less"
        faults.append(
            Fault(
                f"nobody says whether more or less of '{figure.indicator}' is better",
                "--better", value=better, allowed=allowed,
            )
        )  # fmt: skip
    if faults:
        raise InputError(faults)
    asked = [replace(figure, scenario=name, against="") for name in names]
    responses = read_figures(swept, asked)
    values = np.column_stack([one.means for one in responses])
    points, sign = points_of(swept), _SIGNS[direction]
    found = measures(sign * values, names, bootstrap)
    return Choice(
        figure=figure,
        sign=sign,
        problem=points.problem,
        sample=points.values,
        variants=names,
        values=values,
        replicates=responses[0].replicates,
        measures=_in_own_direction(found, sign),
        finder=finder,
    )


def _in_own_direction(found: pd.DataFrame, sign: float) -> pd.DataFrame:
    """Levels and gains as the indicator counts them, whichever is better."""
    if sign > 0:
        return found
    level = found["measure"].isin(
        ["mean", "gain", "gain_low", "gain_high", "worst_tenth"]
    )
    turned = found.copy()
    turned.loc[level, "value"] = -found.loc[level, "value"]
    turned.loc[level, "low"] = -found.loc[level, "high"]
    turned.loc[level, "high"] = -found.loc[level, "low"]
    swap = {"gain_low": "gain_high", "gain_high": "gain_low"}
    turned["measure"] = turned["measure"].replace(swap)
    return turned
