"""Who chose another place in the first month of a lever, and why: a check.

With keyed errors a lever can draw a firm to the places that it touched, or push it
from them; it cannot reshuffle firms between places that it left alone. What is left
are the indirect switches: through floor space that another switcher freed or took,
or through a neighbourhood that changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd

from experiments.comparison.tables import Integers, Pairs, codes_of, column, rows_of
from model.geography import Region
from model.scenario import Scenario

NEAR_KM = 1.0
_STAYS = ("stuck",)
_COMES = ("birth", "arrival")
_KINDS = ("move", "departure", *_STAYS, *_COMES)


@dataclass(frozen=True)
class Switches:
    """Choices of the first lever month that differ between the runs of a pair.

    Attributes
    ----------
    pairs : int
        Pairs with a lever that the reference does not have.
    choices : int
        Firms that chose a place in that month, in either run.
    direct : int
        To or from a place that the lever touched.
    nearby : int
        To or from a place within ``NEAR_KM`` of one: its neighbourhood changed.
    through_space : int
        Between two other places, one of which another switcher freed or took.
    others : int
        Between two other places, with no such switcher.
    before : int
        Choices of earlier months that differ: none, if errors are keyed.
    """

    pairs: int
    choices: int
    direct: int
    nearby: int
    through_space: int
    others: int
    before: int


def touched_cells(scenario: Scenario, region: Region) -> dict[str, Integers]:
    """Cells that each lever points at, by the slug of the lever."""
    levers = [*scenario.levers]
    for policy in scenario.policies:
        levers += [response.template for response in policy.then]
    found: dict[str, Integers] = {}
    for lever in levers:
        names: list[str] = []
        for field in ("where", "to"):
            value = getattr(lever, field, ())
            names += [value] if isinstance(value, str) else [*value]
        cells = [region.places[name] for name in names if name in region.places]
        found[lever.slug] = np.concatenate([np.zeros(0, np.int64), *cells])
    return found


def indirect_switches(
    moves: pd.DataFrame,
    events: pd.DataFrame,
    pairs: Pairs,
    touched: Mapping[str, Integers],
    region: Region,
) -> Switches:
    """Count the switches of the first lever month over all pairs.

    Parameters
    ----------
    moves, events : DataFrame
        Tables of runs.
    pairs : Pairs
    touched : mapping of str to int64[...]
        Cells that each lever points at; see :func:`touched_cells`.
    region : Region
    """
    sides = (pairs.reference, pairs.variant)
    logs = [rows_of(events, runs) for runs in sides]
    months = sorted(moves["month"].astype(str).unique())
    choices = [_choices(moves, runs, months) for runs in sides]
    total = Switches(0, 0, 0, 0, 0, 0, 0)
    for pair in range(len(pairs)):
        acts = [log[at == pair] for log, at in logs]
        first, slugs = _first_act(*acts)
        if first is None:
            continue
        pointed = [touched[slug] for slug in sorted(slugs) if slug in touched]
        hot = np.concatenate([np.zeros(0, np.int64), *pointed])
        one, two = (side[side["pair"] == pair] for side in choices)
        month = months.index(first) if first in months else -1
        total = _sum(total, _count(one, two, month, hot, region))
    return total


def _first_act(
    reference: pd.DataFrame, variant: pd.DataFrame
) -> tuple[str | None, set[str]]:
    known = set(zip(reference["month"], reference["lever"], strict=True))
    acts = [
        (str(month), str(lever))
        for month, lever in zip(variant["month"], variant["lever"], strict=True)
        if (month, lever) not in known
    ]
    if not acts:
        return None, set()
    first = min(month for month, _ in acts)
    return first, {lever for month, lever in acts if month == first}


def _choices(moves: pd.DataFrame, runs: list[str], months: list[str]) -> pd.DataFrame:
    part, pair = rows_of(moves, runs)
    kind = codes_of(part["kind"], _KINDS)
    origin = column(part, "from_cell").astype(np.int64)
    comes = np.isin(kind, [_KINDS.index(name) for name in _COMES])
    stays = np.isin(kind, [_KINDS.index(name) for name in _STAYS])
    return pd.DataFrame(
        {
            "pair": pair,
            "month": codes_of(part["month"], months),
            "firm": column(part, "firm"),
            "was": np.where(comes, -1, origin),
            "cell": np.where(stays, origin, column(part, "to_cell")),
            "decided": codes_of(part["reason"], ("scenario",)) == 0,
        }
    )[kind >= 0]


def _count(
    reference: pd.DataFrame,
    variant: pd.DataFrame,
    month: int,
    hot: Integers,
    region: Region,
) -> Switches:
    both = reference[reference["month"] <= month].merge(
        variant[variant["month"] <= month],
        on=["month", "firm"],
        how="outer",
        suffixes=("_r", "_v"),
    )
    decided = (both["decided_r"].eq(True) | both["decided_v"].eq(True)).to_numpy()
    stay = both["was_r"].fillna(both["was_v"])
    old = both["cell_r"].fillna(stay).to_numpy(np.int64)
    new = both["cell_v"].fillna(stay).to_numpy(np.int64)
    now = both["month"].to_numpy() == month
    differs = (old != new) & ~decided
    ends = both.loc[decided & now, ["was_v", "cell_v"]].fillna(-1)
    hot = np.concatenate([hot, ends.to_numpy(np.int64).ravel()])
    hot = hot[hot >= 0]
    near = _around(hot, region)
    places = np.stack([old[differs & now], new[differs & now]])
    cells, times = np.unique(places[places >= 0], return_counts=True)
    direct, nearby, space = (
        np.isin(places, some).any(axis=0) for some in (hot, near, cells[times > 1])
    )
    nearby &= ~direct
    space &= ~direct & ~nearby
    return Switches(
        pairs=1,
        choices=int((now & ~decided).sum()),
        direct=int(direct.sum()),
        nearby=int(nearby.sum()),
        through_space=int(space.sum()),
        others=int((~direct & ~nearby & ~space).sum()),
        before=int((differs & ~now).sum()),
    )


def _around(cells: Integers, region: Region) -> Integers:
    away = np.hypot(
        region.x_km[:, None] - region.x_km[cells],
        region.y_km[:, None] - region.y_km[cells],
    )
    return np.flatnonzero((away <= NEAR_KM).any(axis=1))


def _sum(one: Switches, two: Switches) -> Switches:
    return Switches(*(a + b for a, b in zip(astuple(one), astuple(two), strict=True)))
