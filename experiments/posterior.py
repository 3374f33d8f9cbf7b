"""A posterior of a calibration, as comparisons, runs and sweeps use it.

It is read from the files that a calibration leaves (``draws.csv``, ``manifest.json``);
nothing else is shared with the one that made them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.store import Store
from model import streams
from model.errors import Fault, InputError, nearest
from model.simulation import CATALOGUE

FORMAT: Final = "mediapark-posterior/1"
DRAWS: Final = "draws.csv"
MANIFEST: Final = "manifest.json"
_WEIGHT: Final = "weight"
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Posterior:
    """Weighted draws of some parameters.

    Attributes
    ----------
    name : str
    place : str
        As it was asked for.
    names : tuple of str
        Dotted names of the parameters.
    points : float64[draws, parameters]
    weights : float64[draws]
        Sum to one.
    synthetic : bool
        Whether it rests on a survey that was drawn, not held.
    digest : str
        SHA-256 of both files.
    facts : dict
        The manifest.
    """

    name: str
    place: str
    names: tuple[str, ...]
    points: Floats
    weights: Floats
    synthetic: bool
    digest: str
    facts: dict[str, Any]

    def draw(self, index: int, keep: Collection[str] = ()) -> dict[str, float]:
        """Values of one draw: a row by its weight, the same for ever.

        Parameters
        ----------
        index : int
            Number of the draw.
        keep : collection of str
            Names whose values are given.
        """
        key = np.uint64(index)
        u = streams.uniform(key, streams.POSTERIOR_ROW, 0, np.uint64(0))
        row = int(np.searchsorted(np.cumsum(self.weights), u))
        return self._row(min(row, len(self.points) - 1), keep)

    def median(self, keep: Collection[str] = ()) -> dict[str, float]:
        """Values of the median draw: the one nearest to the medians of all.

        Distances are in standard deviations. Medians of each parameter by itself may
        belong to no draw at all.
        """
        middle = np.array([self._quantile(k, 0.5) for k in range(len(self.names))])
        spread = np.sqrt(np.cov(self.points.T, aweights=self.weights).diagonal())
        apart = ((self.points - middle) / np.where(spread > 0, spread, 1.0)) ** 2
        return self._row(int(apart.sum(axis=1).argmin()), keep)

    def _quantile(self, column: int, share: float) -> float:
        order = np.argsort(self.points[:, column], kind="stable")
        below = np.cumsum(self.weights[order])
        at = min(int(np.searchsorted(below, share)), len(order) - 1)
        return float(self.points[order[at], column])

    def _row(self, row: int, keep: Collection[str]) -> dict[str, float]:
        values = self.points[row].tolist()
        pairs = zip(self.names, values, strict=True)
        return {name: value for name, value in pairs if name not in keep}

    @property
    def words(self) -> str:
        """What it is, in a line of a report."""
        kind = "synthetic survey" if self.synthetic else "survey"
        return f"{self.name} ({len(self.points)} draws, {kind}, {self.digest[:12]})"


def note_posterior(posterior: Posterior | None, store: Store) -> None:
    """Write into the manifest of results which posterior they rest on, if any."""
    if posterior is None:
        return
    facts = {
        "name": posterior.name,
        "synthetic": posterior.synthetic,
        "draws": len(posterior.points),
        "digest": posterior.digest,
    }
    with store.writing() as writer:
        known = [one for one in store.manifest.get("posteriors", []) if one != facts]
        writer.update(posteriors=[*known, facts])


def read_posterior(folder: Path, place: str = "") -> Posterior:
    """The posterior of a folder.

    Parameters
    ----------
    folder : Path
        With ``draws.csv`` and ``manifest.json``.
    place : str
        As it was asked for; the folder if empty.

    Raises
    ------
    InputError
        With one fault for each thing that is wrong.
    """
    faults = [
        Fault("is missing", str(folder / name))
        for name in (DRAWS, MANIFEST)
        if not (folder / name).is_file()
    ]
    if faults:
        raise InputError(faults)
    content = [(folder / name).read_bytes() for name in (DRAWS, MANIFEST)]
    try:
        facts = json.loads(content[1])
        table = pd.read_csv(folder / DRAWS)
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError([Fault(f"cannot be read: {error}", str(folder))]) from None
    faults = [*_manifest_faults(facts), *_table_faults(table)]
    if faults:
        raise InputError(faults)
    names = tuple(name for name in table.columns if name != _WEIGHT)
    weights = table[_WEIGHT].to_numpy(np.float64)
    return Posterior(
        name=str(facts["name"]),
        place=place or str(folder),
        names=names,
        points=table[list(names)].to_numpy(np.float64),
        weights=weights / weights.sum(),
        synthetic=bool(facts["synthetic"]),
        digest=hashlib.sha256(b"\0".join(content)).hexdigest(),
        facts=facts,
    )


def _manifest_faults(facts: Any) -> Iterable[Fault]:
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        found = facts.get("format") if isinstance(facts, dict) else facts
        yield Fault("is no posterior", MANIFEST, key="format", value=found,
                    allowed=FORMAT)  # fmt: skip
        return
    if not isinstance(facts.get("synthetic"), bool):
        yield Fault("does not say whether it is synthetic", MANIFEST, key="synthetic",
                    value=facts.get("synthetic"), allowed="true or false")  # fmt: skip
    if not isinstance(facts.get("name"), str):
        yield Fault("has no name", MANIFEST, key="name", value=facts.get("name"))


def _table_faults(table: pd.DataFrame) -> Iterable[Fault]:
    if _WEIGHT not in table.columns:
        yield Fault("has no weights", DRAWS, key=_WEIGHT)
    if len(table) < 2:
        yield Fault("has too few draws", DRAWS, value=len(table), allowed="2 up")
    for name in table.columns:
        numbers = pd.to_numeric(table[name], errors="coerce").to_numpy(np.float64)
        wrong = ~np.isfinite(numbers)
        allowed = "numbers"
        if name == _WEIGHT:
            wrong |= numbers < 0
            allowed = "numbers from 0 up"
            if not wrong.any() and not numbers.sum() > 0:
                yield Fault("weights are all zero", DRAWS, key=name)
        elif name not in CATALOGUE:
            yield Fault("unknown parameter", DRAWS, key=str(name),
                        nearest=nearest(str(name), CATALOGUE.names))  # fmt: skip
            continue
        else:
            low, high = CATALOGUE[name].hard
            wrong |= (numbers < low) | (numbers > high)
            allowed = CATALOGUE[name].allowed
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            yield Fault("cannot be used", DRAWS, row + 2, str(name),
                        table[name].iloc[row], allowed)  # fmt: skip
