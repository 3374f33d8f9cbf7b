"""What came out of a sweep: one figure for every run, by point."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from experiments.store import Store
from experiments.sweep.folder import Swept
from model.errors import Fault, InputError, nearest
from model.indicators import INDICATORS

ALL: Final = "all"
_MANY = 40


@dataclass(frozen=True)
class Question:
    """Which figure is meant.

    Attributes
    ----------
    indicator, zone, subsector : str
    month : str or None, YYYY-MM
        End of which month; None: of the last one.
    """

    indicator: str = "jobs"
    zone: str = "reyers"
    subsector: str = ALL
    month: str | None = None


def outcomes(
    folder: str | Path,
    indicator: str = "jobs",
    *,
    zone: str = "reyers",
    subsector: str = ALL,
    month: str | None = None,
) -> pd.DataFrame:
    """An indicator of every run of a sweep.

    Parameters
    ----------
    folder : str or Path
        What the sweep left.
    indicator : str
    zone : str
        A zone, or ``region``.
    subsector : str
        A subsector, or ``all``.
    month : str, YYYY-MM, optional
        End of which month; each run's last one if not given.

    Returns
    -------
    DataFrame
        ``point``, ``scenario``, ``replicate``, ``value``; in the order of the plan.
        The value is NaN where there is no run, or it failed. ``attrs`` holds ``unit``
        and what was asked for.

    Raises
    ------
    InputError
        If the folder is none of a sweep, or holds no such figure.
    """
    swept = Swept(Path(folder))
    question = Question(indicator, zone, subsector, month)
    if indicator not in INDICATORS:
        names = tuple(INDICATORS)
        fault = Fault(
            "is an unknown indicator", key="indicator", value=indicator,
            allowed=", ".join(names), nearest=nearest(indicator, names),
        )  # fmt: skip
        raise InputError([fault])
    plan = swept.plan
    store = swept.store.select(frozenset(plan["key"]))
    values = values_of(store, question)
    found = plan[["point", "scenario", "replicate"]].copy()
    found["value"] = plan["key"].map(values).astype("float64")
    if found["value"].isna().all() and len(store.arrow("runs", ["run"])):
        _refuse_absent(store, question)
    found.attrs.update(asdict(question), unit=INDICATORS[indicator].unit)
    return found


def values_of(store: Store, question: Question) -> pd.Series[float]:
    """A figure of every run of a store, by key of the run."""
    wanted = [
        (name, "==", value)
        for name, value in asdict(question).items()
        if value is not None
    ]
    table = store.arrow("indicators", ["run", "month", "value"], wanted)
    series = table.to_pandas().astype({"run": str, "month": str})
    ordered = series.sort_values("month", kind="stable")
    last: pd.Series[float] = ordered.groupby("run")["value"].last()
    return last


def _refuse_absent(store: Store, question: Question) -> None:
    """Say which part of the question no run can answer."""
    faults = []
    for column in ("zone", "subsector", "month"):
        value = getattr(question, column)
        labels = store.arrow("indicators", [column]).column(column).unique()
        names = sorted(labels.to_pylist())
        if value is not None and value not in names:
            few = ", ".join(names) if len(names) <= _MANY else ""
            faults.append(
                Fault(
                    "is in no run of the sweep", key=column, value=value,
                    allowed=few or f"{names[0]} to {names[-1]}",
                    nearest=nearest(value, names),
                )
            )  # fmt: skip
    if faults:
        raise InputError(faults)
