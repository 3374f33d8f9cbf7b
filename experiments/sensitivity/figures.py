"""Figures of a sweep that indices are made of: levels, and differences of scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import pandas as pd

from experiments.factors import SCENARIO
from experiments.query import ask
from experiments.sensitivity.points import Points
from experiments.sensitivity.responses import ConstantError, Responses, responses_of
from experiments.sweep.folder import Swept
from experiments.sweep.outcomes import ALL, outcomes
from model.errors import Fault, InputError, nearest
from model.indicators import INDICATORS

ANY: Final = ""
_LAST = """
SELECT run AS key, arg_max(value, month) AS value, indicator
FROM indicators
WHERE zone = ? AND subsector = ? AND (month = ? OR ? = '')
GROUP BY run, indicator
"""


@dataclass(frozen=True)
class Figure:
    """A number of every run, or of every pair of runs.

    Attributes
    ----------
    indicator, zone : str
    scenario : str
        Whose; empty where the scenario is a factor.
    against : str
        Scenario whose paired value is taken off; empty: none.
    month : str or None, YYYY-MM
        End of which month; None: of the last one.
    """

    indicator: str = "jobs"
    zone: str = "reyers"
    scenario: str = ANY
    against: str = ANY
    month: str | None = None

    @property
    def name(self) -> str:
        """Name in tables: ``jobs, reyers, full-plan - reference``."""
        who = f"{self.scenario} - {self.against}" if self.against else self.scenario
        parts = [self.indicator, self.zone, who, self.month or ""]
        return ", ".join(part for part in parts if part)

    @property
    def unit(self) -> str:
        """Unit of the indicator."""
        return INDICATORS[self.indicator].unit


def points_of(swept: Swept) -> Points:
    """The sample of a sweep."""
    values = swept.sample[list(swept.problem.names)].to_numpy("float64")
    return Points(swept.problem, values, bool(swept.method.get("grouped")))


def main_figures(swept: Swept, figure: Figure) -> list[Figure]:
    """A figure of each scenario against the reference, then of the reference itself.

    Parameters
    ----------
    swept : Swept
    figure : Figure
        What is looked at; scenarios are filled in where it names none.

    Raises
    ------
    InputError
        If it names scenarios that were not run.
    """
    names = swept.scenarios
    if SCENARIO in swept.problem.names:
        if figure.scenario or figure.against:
            allowed = "nothing: the scenario is a factor of this sweep"
            fault = Fault("cannot be chosen", "--scenario", value=figure.scenario)
            raise InputError([Fault(**{**vars(fault), "allowed": allowed})])
        return [figure]
    faults = [
        Fault(
            "was not run", option, value=given, allowed=", ".join(names),
            nearest=nearest(given, names),
        )
        for option, given in (
            ("--scenario", figure.scenario), ("--against", figure.against)
        )
        if given and given not in names
    ]  # fmt: skip
    if faults:
        raise InputError(faults)
    reference = names[0]
    if figure.scenario:
        return [figure]
    against = figure.against or reference
    pairs = [(one, against) for one in names if one != against]
    return [
        *(
            Figure(figure.indicator, figure.zone, one, other, figure.month)
            for one, other in pairs
        ),
        Figure(figure.indicator, figure.zone, reference, ANY, figure.month),
    ]


def read_figures(
    swept: Swept, figures: Sequence[Figure], need_all: bool = True
) -> list[Responses]:
    """Outcomes of figures, each complete.

    Parameters
    ----------
    swept : Swept
    figures : sequence of Figure
    need_all : bool
        Whether each must vary; otherwise one is enough, and the others are left out.

    Raises
    ------
    InputError
        With the faults of every figure: unknown names, missing runs, no variation.
    """
    found: list[Responses] = []
    faults: list[Fault] = []
    constant: list[Fault] = []
    points = len(swept.sample)

    @cache
    def read(indicator: str, zone: str, month: str | None) -> pd.DataFrame:
        return outcomes(swept.folder, indicator, zone=zone, month=month)

    for figure in figures:
        try:
            frame = read(figure.indicator, figure.zone, figure.month)
            found.append(_responses(frame, figure, points))
        except ConstantError as error:
            constant += error.faults
        except InputError as error:
            faults += [fault for fault in error.faults if fault not in faults]
    if need_all or not found:
        faults += constant
    if faults:
        raise InputError(faults)
    return found


def other_figures(
    swept: Swept, figure: Figure
) -> tuple[list[Responses], tuple[str, ...]]:
    """The same as a figure for all other indicators, as far as they are complete.

    Returns
    -------
    list of Responses
    tuple of str
        Names of those that are left out, with the reason.
    """
    month = figure.month or ""
    table = ask(swept.folder, _LAST, values=[figure.zone, ALL, month, month])
    kept, left_out = [], []
    for indicator in INDICATORS:
        mine = table[table["indicator"] == indicator]
        if indicator == figure.indicator or mine.empty:
            continue
        other = Figure(
            indicator, figure.zone, figure.scenario, figure.against, figure.month
        )
        values = swept.plan["key"].map(mine.set_index("key")["value"])
        frame = swept.plan.assign(value=values.astype("float64"))
        try:
            kept.append(_responses(frame, other, len(swept.sample)))
        except InputError as error:
            left_out.append(f"{other.name}: {error.faults[0].problem}")
    return kept, tuple(left_out)


def _responses(frame: pd.DataFrame, figure: Figure, points: int) -> Responses:
    mine = _of_scenario(frame, figure.scenario)
    if figure.against:
        other = _of_scenario(frame, figure.against)
        both = mine.merge(
            other, on=["point", "replicate"], how="outer", suffixes=("", "_against")
        )
        mine = both.assign(value=both["value"] - both["value_against"])
    return responses_of(mine, points, figure.name, figure.unit)


def _of_scenario(frame: pd.DataFrame, scenario: str) -> pd.DataFrame:
    columns = ["point", "replicate", "value"]
    mine = frame if scenario == ANY else frame[frame["scenario"] == scenario]
    return mine[columns]
