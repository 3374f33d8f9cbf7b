"""From the runs of a sweep to indices: which method, which figures, how settled.

Points, outcomes and indices are three steps with files between: what is asked here is a
folder's sample and the outcomes of its runs, and nothing is run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from experiments.sensitivity.effects import (
    MU_STAR,
    SWING,
    morris_effects,
    one_at_a_time,
)
from experiments.sensitivity.factorial import factorial_indices
from experiments.sensitivity.given_data import (
    DELTA,
    PAWN,
    delta_indices,
    pawn_indices,
)
from experiments.sensitivity.points import Points
from experiments.sensitivity.resampling import Bootstrap
from experiments.sensitivity.responses import Responses
from experiments.sensitivity.sobol import MEAN, TOTAL, sobol_indices
from model.errors import Fault, InputError

SOBOL, MORRIS, ONE = "sobol", "morris", "one-at-a-time"
HYPERCUBE, FACTORIAL = "latin-hypercube", "factorial"

# The index that orders factors, and the fewest rows that indices of a part are made of.
RANKED_BY: Final[Mapping[str, str]] = {
    SOBOL: TOTAL, MORRIS: MU_STAR, ONE: SWING, HYPERCUBE: PAWN, FACTORIAL: TOTAL,
}  # fmt: skip
_FEWEST_ROWS: Final[Mapping[str, int]] = {SOBOL: 16, MORRIS: 4, HYPERCUBE: 100}
_HALVES: Final = 4
COLUMNS: Final = (
    "figure", "unit", "factor", "group", "index", "of", "value", "low", "high",
    "chance", "uncorrected", "at",
)  # fmt: skip


@dataclass(frozen=True)
class Method:
    """How points were laid, as far as an analysis must know.

    Attributes
    ----------
    kind : {"sobol", "morris", "one-at-a-time", "latin-hypercube", "factorial"}
    grouped : bool
        Whether the factors of a group moved together.
    mirrored : bool
        Sobol': whether rows hold ``2 groups + 2`` points.
    radial : bool
        Morris: whether rows are stars.
    """

    kind: str
    grouped: bool = False
    mirrored: bool = False
    radial: bool = False

    @classmethod
    def of(cls, facts: Mapping[str, Any]) -> Method:
        """The method of a resolved design.

        Raises
        ------
        InputError
            If it is not known.
        """
        kind = str(facts.get("kind"))
        if kind not in RANKED_BY:
            allowed = ", ".join(RANKED_BY)
            fault = Fault("is an unknown method", key="method.kind", value=kind)
            raise InputError([replace(fault, allowed=allowed)])
        return cls(
            kind,
            bool(facts.get("grouped")),
            bool(facts.get("second_order")),
            bool(facts.get("radial")),
        )

    def row(self, points: Points) -> int:
        """Points that the sampler made in one piece."""
        groups = len(points.names)
        if self.kind == SOBOL:
            return (2 if self.mirrored else 1) * groups + 2
        if self.kind == MORRIS:
            return groups + 1
        return 1 if self.kind == HYPERCUBE else len(points)


def indices_of(
    method: Method,
    points: Points,
    responses: Responses,
    bootstrap: Bootstrap,
    whole: bool = True,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Indices of one figure by the method that its points were laid for.

    Parameters
    ----------
    method : Method
    points : Points
    responses : Responses
    bootstrap : Bootstrap
    whole : bool
        Whether delta is wanted too, which costs most and ranks much as PAWN does.

    Returns
    -------
    DataFrame
        ``figure, unit, factor, group, index, of, value, low, high, chance, uncorrected,
        at``; blank where a method has no such thing.
    DataFrame
        ``figure, share, value, low, high``: what factors and seeds bring, where the
        method can tell.
    """
    shares = pd.DataFrame(columns=["share", "value", "low", "high"])
    if method.kind == SOBOL:
        found = sobol_indices(points, responses, method.mirrored, bootstrap)
        frame, shares = found.frame, found.shares
    elif method.kind == MORRIS:
        frame = morris_effects(points, responses, method.radial, bootstrap)
    elif method.kind == ONE:
        frame = one_at_a_time(points, responses, bootstrap)
    elif method.kind == HYPERCUBE:
        parts = [pawn_indices(points, responses, bootstrap)]
        if whole:
            parts.append(delta_indices(points, responses, bootstrap))
        frame = pd.concat(parts, ignore_index=True)
    else:
        frame = factorial_indices(points, responses, bootstrap)
    groups = {f.name: f.group for f in points.problem}
    frame = frame.assign(
        figure=responses.name,
        unit=_units(frame["index"], responses.unit),
        group=frame["factor"].map(groups).fillna(frame["factor"]),
        of=frame.get("of", MEAN),
    )
    shares = shares.assign(figure=responses.name)
    columns = ["figure", "share", "value", "low", "high"]
    return frame.reindex(columns=list(COLUMNS)), shares.reindex(columns=columns)


def _units(index: pd.Series[str], unit: str) -> list[str]:
    effects = {MU_STAR, "mu", "sigma", SWING, "at low", "at high"}
    return [unit if name in effects else "-" for name in index]


def ranking(frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The index that orders factors, largest first.

    Parameters
    ----------
    frame : DataFrame
        Of :func:`indices_of`, one figure.
    kind : str
        Kind of the method.
    """
    mine = frame[(frame["index"] == RANKED_BY[kind]) & (frame["of"] == MEAN)]
    return mine.sort_values("value", ascending=False, kind="stable", ignore_index=True)


def matters(ranked: pd.DataFrame) -> pd.Series[bool]:
    """Whether a factor's interval lies above what chance alone would give."""
    floor = ranked["chance"].fillna(0.0)
    found: pd.Series[bool] = ranked["low"] > floor
    return found


def convergence(
    method: Method, points: Points, responses: Responses, bootstrap: Bootstrap
) -> pd.DataFrame:
    """Index and rank of each factor for growing parts of a design.

    The first rows of a Sobol' sequence are a Sobol' sequence; trajectories and points
    of a hypercube are exchangeable. The other methods have no parts: no rows.

    Returns
    -------
    DataFrame
        ``figure, rows, runs, factor, index, value, low, high, rank``; rank 1 is the
        largest.
    """
    columns = [
        "figure", "rows", "runs", "factor", "index", "value", "low", "high", "rank",
    ]  # fmt: skip
    parts = []
    row = method.row(points)
    for rows in _sizes(method.kind, len(points) // row):
        some = points.first(rows * row)
        values = responses.first(rows * row)
        frame = _main_index(method, some, values, bootstrap)
        parts.append(
            frame.assign(
                figure=responses.name,
                rows=rows,
                runs=values.values.size,
                rank=frame["value"].rank(ascending=False, method="min"),
            )
        )
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]


def _main_index(
    method: Method, points: Points, responses: Responses, bootstrap: Bootstrap
) -> pd.DataFrame:
    try:
        frame, _ = indices_of(method, points, responses, bootstrap, whole=False)
    except InputError:
        # A part in which nothing but noise varies has no index yet: that is how far
        # it has settled.
        nothing = {"value": np.nan, "low": np.nan, "high": np.nan}
        index = RANKED_BY[method.kind]
        return pd.DataFrame({"factor": points.names, "index": index, **nothing})
    mine = (frame["index"] == RANKED_BY[method.kind]) & (frame["of"] == MEAN)
    return frame[mine].reset_index(drop=True)


def _sizes(kind: str, rows: int) -> list[int]:
    """Numbers of rows, each twice the one before, the last one all."""
    if kind not in _FEWEST_ROWS:
        return []
    sizes = [rows // 2**halving for halving in range(_HALVES)]
    return [size for size in reversed(sizes) if size >= _FEWEST_ROWS[kind] or
            size == rows]  # fmt: skip


@dataclass(frozen=True)
class Settled:
    """How far indices have settled.

    Attributes
    ----------
    width : float, unit of the index
        Widest interval of the factors that matter.
    rank : float or None
        Rank correlation (Spearman) of half the rows with all, factors that matter
        only; None for fewer than three, or where there are no halves.
    """

    width: float
    rank: float | None


def settled(convergence_frame: pd.DataFrame, ranked: pd.DataFrame) -> Settled:
    """How far the indices of a figure have settled.

    Parameters
    ----------
    convergence_frame : DataFrame
        Of :func:`convergence`, one figure.
    ranked : DataFrame
        Of :func:`ranking`.
    """
    those = ranked[matters(ranked)]
    width = float((those["high"] - those["low"]).max()) if len(those) else float("nan")
    names = those["factor"].tolist()
    sizes = sorted(convergence_frame["rows"].unique()) if len(convergence_frame) else []
    if len(sizes) < 2 or len(names) < 3:
        return Settled(width, None)
    half, whole = (
        convergence_frame[convergence_frame["rows"] == size]
        .set_index("factor")["value"]
        .reindex(names)
        for size in sizes[-2:]
    )
    if half.isna().any():
        return Settled(width, None)
    return Settled(width, float(spearmanr(half, whole).statistic))


@dataclass(frozen=True)
class Sensitivity:
    """Indices of the figures of a sweep.

    Attributes
    ----------
    method : Method
    indices, shares, convergence : DataFrame
        As of :func:`indices_of` and :func:`convergence`, all figures.
    left_out : tuple of str
        Figures that do not vary, or not by more than chance, with the reason.
    """

    method: Method
    indices: pd.DataFrame
    shares: pd.DataFrame
    convergence: pd.DataFrame
    left_out: tuple[str, ...] = ()

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the figures, the main one first."""
        return tuple(self.indices["figure"].unique())

    def of(self, figure: str) -> pd.DataFrame:
        """Indices of one figure."""
        return self.indices[self.indices["figure"] == figure]

    def ranking(self, figure: str) -> pd.DataFrame:
        """The index that orders factors, largest first."""
        return ranking(self.of(figure), self.method.kind)

    def settled(self, figure: str) -> Settled:
        """How far the indices of a figure have settled."""
        mine = self.convergence[self.convergence["figure"] == figure]
        return settled(mine, self.ranking(figure))


def analyse(
    method: Method,
    points: Points,
    wanted: Sequence[Responses],
    bootstrap: Bootstrap | None = None,
    others: Sequence[Responses] = (),
) -> Sensitivity:
    """Indices of several figures.

    Parameters
    ----------
    method : Method
    points : Points
    wanted : sequence of Responses
        Figures that somebody asked for, with convergence.
    bootstrap : Bootstrap, optional
    others : sequence of Responses
        Figures for the heat map; those without an index are left out and named.

    Raises
    ------
    InputError
        With the faults of every figure that was asked for.
    """
    bootstrap = bootstrap or Bootstrap()
    frames, shares, left_out = [], [], []
    faults: list[Fault] = []
    for place, responses in enumerate((*wanted, *others)):
        try:
            asked = place < len(wanted)
            frame, share = indices_of(method, points, responses, bootstrap, asked)
        except InputError as error:
            if place < len(wanted):
                faults += error.faults
            else:
                left_out.append(f"{responses.name}: {error.faults[0].problem}")
            continue
        frames.append(frame)
        shares.append(share)
    if faults:
        raise InputError(faults)
    settling = [convergence(method, points, one, bootstrap) for one in wanted]
    return Sensitivity(
        method,
        pd.concat(frames, ignore_index=True),
        pd.concat(shares, ignore_index=True),
        pd.concat(settling, ignore_index=True),
        tuple(left_out),
    )


__all__ = [
    "COLUMNS", "DELTA", "RANKED_BY", "Method", "Sensitivity", "Settled", "analyse",
    "convergence", "indices_of", "matters", "ranking", "settled",
]  # fmt: skip
