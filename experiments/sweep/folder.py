"""What a sweep leaves behind: its design, its points and its plan beside the store.

::

    results/screening/
        design.yaml       as it was given
        design.json       resolved: the identity of the folder
        sample.parquet    one row for each point: values of the factors
        plan.parquet      one row for each run: point, scenario, replicate, key
        parts/            shards that other processes compute, until they are gathered
        ...               the store: runs, indicators, moves, cells, ...
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from experiments import files
from experiments.factors import Factor, Problem
from experiments.store import Store
from experiments.sweep.design import FORMAT, Design, identifying
from experiments.sweep.plan import Plan
from model.errors import Fault, StoreError

DESIGN, RESOLVED = "design.yaml", "design.json"
SAMPLE, PLAN = "sample.parquet", "plan.parquet"
PARTS: Final = "parts"


def prepare(design: Design, folder: Path) -> Store:
    """Open the folder of a design, or make one.

    Raises
    ------
    StoreError
        If it holds other things, or another design: every fact that differs is named.
    """
    if (folder / RESOLVED).exists():
        _refuse_another(design, folder)
    return Store.create(folder, design.identity)


def prepare_part(design: Design, folder: Path, shard: tuple[int, int]) -> Store:
    """The folder of one shard, below that of the design."""
    index, count = shard
    return Store.create(folder / PARTS / f"{index}-of-{count}", design.identity)


def parts_of(folder: Path) -> list[Store]:
    """Folders of shards that have not been gathered yet."""
    return [
        Store(path.parent) for path in sorted(folder.glob(f"{PARTS}/*/manifest.json"))
    ]


def write_plan(plan: Plan, folder: Path) -> None:
    """Write design, sample and plan, unless they are there.

    The resolved design comes last: until it is there, the rest says nothing.
    """
    design = plan.design
    facts = {**design.facts, "identity": design.identity, "plan": plan.digest}
    there = read_resolved(folder) if (folder / RESOLVED).exists() else {}
    if there == json.loads(json.dumps(facts)):
        return
    sample = {"point": pa.array(np.arange(len(design.sample)), pa.int64())}
    for column, name in enumerate(design.problem.names):
        sample[name] = pa.array(design.sample[:, column], pa.float64())
    _write(pa.table(sample), folder / SAMPLE)
    _write(plan.table, folder / PLAN)
    files.write_text(folder / DESIGN, design.text)
    text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    files.write_text(folder / RESOLVED, text)


def _write(table: pa.Table, path: Path) -> None:
    files.write_whole(path, partial(pq.write_table, table, compression="zstd"))


def _refuse_another(design: Design, folder: Path) -> None:
    found = read_resolved(folder)
    if found.get("identity") == design.identity:
        return
    old, new = identifying(found), identifying(json.loads(json.dumps(design.facts)))
    differing = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    allowed = "the same as in the folder, or another folder with --out"
    raise StoreError(
        [
            Fault(
                "the folder holds the results of another design",
                str(folder), key=key, value=value, allowed=allowed,
            )
            for key in differing or ["identity"]
            for value in [_difference(old.get(key), new.get(key))]
        ]
    )  # fmt: skip


def _difference(old: Any, new: Any) -> str:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        parts = [f"{key} {old.get(key)}, now {new.get(key)}" for key in keys]
        return "; ".join(parts)
    if isinstance(old, list) and isinstance(new, list):
        gone = [_name(one) for one in old if one not in new]
        come = [_name(one) for one in new if one not in old]
        return f"{', '.join(gone) or 'nothing'}, now {', '.join(come) or 'nothing'}"
    return f"{old}, now {new}"


def _name(one: Any) -> str:
    return str(one.get("name", one)) if isinstance(one, Mapping) else str(one)


def read_resolved(folder: Path) -> dict[str, Any]:
    """``design.json`` of a folder.

    Raises
    ------
    StoreError
        If there is none, or it cannot be read.
    """
    path = folder / RESOLVED
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problem = f"is not a folder of a sweep: it has no {RESOLVED}"
        raise StoreError([Fault(problem, str(folder))]) from None
    except OSError as error:
        raise files.cannot("be read", path, error) from None
    except ValueError:
        raise StoreError([Fault("is damaged: not JSON", str(path))]) from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise StoreError([Fault("is not a design", str(path), allowed=FORMAT)])
    return found


@dataclass(frozen=True)
class Swept:
    """A folder that a sweep left, for those who analyse it.

    Attributes
    ----------
    folder : Path
    """

    folder: Path

    def __post_init__(self) -> None:
        """Look whether the folder is one of a sweep."""
        object.__setattr__(self, "folder", Path(self.folder))
        read_resolved(self.folder)

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        """The resolved design."""
        return read_resolved(self.folder)

    @property
    def store(self) -> Store:
        """All runs of the folder."""
        return Store(self.folder)

    @cached_property
    def problem(self) -> Problem:
        """The factors, in the order of the columns of the sample."""
        return Problem(tuple(self._factors()))

    def _factors(self) -> Iterator[Factor]:
        for facts in self.facts["factors"]:
            yield Factor(**{**facts, "levels": tuple(facts["levels"])})

    @property
    def method(self) -> Mapping[str, Any]:
        """Name of the method under ``kind``, and its own keys."""
        found: Mapping[str, Any] = self.facts["method"]
        return found

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Scenarios that were run at every point; the first is the reference."""
        return tuple(self.facts["scenarios"])

    @cached_property
    def sample(self) -> pd.DataFrame:
        """Points: ``point``, and one column for each factor."""
        return self._read(SAMPLE)

    @cached_property
    def plan(self) -> pd.DataFrame:
        """Runs: ``point``, ``scenario``, ``replicate``, ``key``."""
        return self._read(PLAN)

    def _read(self, name: str) -> pd.DataFrame:
        path = self.folder / name
        try:
            frame: pd.DataFrame = pq.read_table(path).to_pandas()
        except FileNotFoundError:
            raise StoreError([Fault("there is no such file", str(path))]) from None
        except (pa.ArrowInvalid, OSError) as error:
            cause = str(error).splitlines()[0]
            raise StoreError([Fault(f"cannot be read: {cause}", str(path))]) from None
        return frame
