"""What came out of a sweep: one figure for every run, by point."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from experiments.store import Store
from experiments.sweep.folder import Swept
from model.errors import Fault, InputError, nearest
from model.indicators import INDICATORS

ALL = "all"


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
    if indicator not in INDICATORS:
        names = tuple(INDICATORS)
        fault = Fault(
            "is an unknown indicator", key="indicator", value=indicator,
            allowed=", ".join(names), nearest=nearest(indicator, names),
        )  # fmt: skip
        raise InputError([fault])
    plan = swept.plan
    store = swept.store.select(frozenset(plan["key"]))
    values = _values(store, indicator, (zone, subsector), month)
    found = plan[["point", "scenario", "replicate"]].copy()
    found["value"] = plan["key"].map(values).astype("float64")
    if found["value"].isna().all() and len(store.arrow("runs", ["run"])):
        _refuse_absent(store, zone, subsector, month)
    found.attrs.update(
        indicator=indicator, zone=zone, subsector=subsector, month=month or "last",
        unit=INDICATORS[indicator].unit,
    )  # fmt: skip
    return found


def _values(
    store: Store, indicator: str, where: tuple[str, str], month: str | None
) -> pd.Series[float]:
    wanted = [
        ("indicator", "==", indicator),
        ("zone", "==", where[0]),
        ("subsector", "==", where[1]),
    ]
    if month is not None:
        wanted.append(("month", "==", month))
    table = store.arrow("indicators", ["run", "month", "value"], wanted)
    series = table.to_pandas().astype({"run": str, "month": str})
    ordered = series.sort_values("month", kind="stable")
    last: pd.Series[float] = ordered.groupby("run")["value"].last()
    return last


def _refuse_absent(store: Store, zone: str, subsector: str, month: str | None) -> None:
    """Say which part of the question no run can answer."""
    asked = {"zone": zone, "subsector": subsector, "month": month}
    faults = []
    for column, value in asked.items():
        known = store.arrow("indicators", [column]).column(column).unique().to_pylist()
        if value is not None and value not in known:
            names = sorted(known)
            shown = (
                ", ".join(names) if len(names) < 40 else f"{names[0]} to {names[-1]}"
            )
            faults.append(
                Fault(
                    "is in no run of the sweep", key=column, value=value,
                    allowed=shown, nearest=nearest(value, names),
                )
            )  # fmt: skip
    if faults:
        raise InputError(faults)
