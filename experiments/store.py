"""A folder of results: sharded Parquet that a killed process cannot damage.

::

    results/full-plan/
        manifest.json        what made it
        scenarios/           scenarios as they were run
        runs/<shard>.parquet
        indicators/<shard>.parquet
        ...

A shard holds some runs, and one file in each table. Its file in ``runs`` comes last:
a run that has no row there does not exist, and files of other tables without it are
left-overs of a killed process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from experiments import files
from experiments.arrow import by_run, canonical, digest_of, joined, sorted_codes
from experiments.manifest import (
    NAME,
    Manifest,
    new_manifest,
    read_manifest,
    write_manifest,
)
from experiments.schema import OUTCOME, TABLES, UNREPEATABLE, schema_of
from experiments.writer import ALIAS, FAILED, RUNS, SUFFIX, Writer
from model.errors import Fault, StoreError, nearest

Filters: TypeAlias = "ds.Expression | Sequence[Any] | None"
FAILURES = "failures"


@dataclass(frozen=True)
class Store:
    """A folder of results, or those of its runs that somebody asks for.

    Parameters
    ----------
    folder : Path
        The folder; it must be one of results.
    only : frozenset of str or None
        Keys of the runs that are shown; None: all.
    """

    folder: Path
    only: frozenset[str] | None = None

    def __post_init__(self) -> None:
        """Look whether the folder is one of results."""
        object.__setattr__(self, "folder", Path(self.folder))
        read_manifest(self.folder)

    @classmethod
    def create(cls, folder: str | Path, design: str = "") -> Store:
        """Open a folder of results, or make one.

        Parameters
        ----------
        folder : str or Path
            A folder of results, an empty folder, or one that is not there yet.
        design : str
            What the folder is for; empty: any runs.

        Raises
        ------
        StoreError
            If it holds other things, or the results of another design.
        """
        path = Path(folder)
        if not (path / NAME).exists():
            _refuse_foreign(path)
            write_manifest(path, new_manifest(design))
        store = cls(path)
        found = store.manifest.get("design", "")
        if found != design:
            raise StoreError(
                [
                    Fault(
                        "the folder holds the results of another design",
                        str(path), key="design", value=found,
                        allowed=f"{design!r}, or another folder with --out",
                    )
                ]
            )  # fmt: skip
        return store

    @property
    def manifest(self) -> Manifest:
        """What made the folder."""
        return read_manifest(self.folder)

    def select(self, keys: Collection[str]) -> Store:
        """The same folder, of which only some runs are seen."""
        return Store(self.folder, frozenset(keys))

    def table(
        self, name: str, columns: Sequence[str] | None = None, filters: Filters = None
    ) -> pd.DataFrame:
        """Rows of a table; texts are categories.

        Parameters
        ----------
        name : str
            ``runs``, ``indicators``, ``moves``, ``firms``, ``cells``, ``events``,
            ``parameters``, ``failures`` or ``timings``.
        columns : sequence of str, optional
            Columns to read; all if not given.
        filters : Expression or list of tuples, optional
            As of ``pyarrow.parquet``: ``[("zone", "in", ["reyers"])]``.

        Raises
        ------
        StoreError
            If there is no such table, or a file of it is damaged.
        """
        frame: pd.DataFrame = self.arrow(name, columns, filters).to_pandas()
        return frame

    def arrow(
        self, name: str, columns: Sequence[str] | None = None, filters: Filters = None
    ) -> pa.Table:
        """Rows of a table as Arrow."""
        schema = _known_schema(name)
        unknown = [column for column in columns or () if column not in schema.names]
        if unknown:
            raise StoreError(
                [
                    Fault(
                        "is an unknown column", key=f"{name}.{column}",
                        allowed=", ".join(schema.names),
                        nearest=nearest(column, schema.names),
                    )
                    for column in unknown
                ]
            )  # fmt: skip
        names = list(columns) if columns is not None else None
        tables = [
            self._read(path, name, names, filters) for path in self.shard_files(name)
        ]
        found = [table for table in tables if len(table)]
        if found:
            return joined(name, found)
        empty = schema.empty_table()
        return empty if names is None else empty.select(names)

    def _read(
        self, path: Path, name: str, columns: list[str] | None, filters: Filters
    ) -> pa.Table:
        condition = filters
        if condition is not None and not isinstance(condition, ds.Expression):
            condition = pq.filters_to_expression(list(condition))
        if self.only is not None:
            mine = ds.field("run").isin(pa.array(sorted(self.only), pa.string()))
            condition = mine if condition is None else condition & mine
        try:
            data = ds.dataset([str(path)], schema=schema_of(name), format="parquet")
            return data.to_table(columns=columns, filter=condition)
        except FileNotFoundError:
            problem = "the shard is damaged: a file is missing"
            raise StoreError([Fault(problem, str(path))]) from None
        except (pa.ArrowInvalid, OSError) as error:
            cause = str(error).splitlines()[0]
            problem = f"the shard is damaged, or cannot be read: {cause}"
            raise StoreError([Fault(problem, str(path))]) from None

    def shards(self) -> list[str]:
        """Names of all finished shards."""
        return sorted(_stems(self.folder / RUNS))

    def shard_files(self, name: str) -> list[Path]:
        """Files of a table, of finished shards only."""
        shards = self.shards()
        if name == FAILURES:
            shards = [shard for shard in shards if shard.startswith(FAILED)]
        elif name != RUNS:
            shards = [s for s in shards if not s.startswith((FAILED, ALIAS))]
        return [self.folder / name / f"{shard}{SUFFIX}" for shard in shards]

    def shard_of(self) -> dict[str, str]:
        """Name of the shard that each run stands in, by key."""
        found: dict[str, str] = {}
        for path in self.shard_files(RUNS):
            if not path.name.startswith(ALIAS):
                keys = self._read(path, RUNS, ["run"], None).column("run").to_pylist()
                found.update(dict.fromkeys(keys, path.stem))
        return found

    def keys(self) -> frozenset[str]:
        """Keys of all runs that are there, failed ones included."""
        return frozenset(self.shard_of())

    def failed(self) -> frozenset[str]:
        """Keys of the runs that failed."""
        failed = ds.field("status") == "failed"
        found = self.arrow(RUNS, ["run"], failed)
        return frozenset(found.column("run").to_pylist())

    def tables_of(self, key: str, shard: str) -> dict[str, pa.Table]:
        """The tables of one run, as an outcome holds them."""
        mine = ds.field("run") == key
        paths = {name: self.folder / name / f"{shard}{SUFFIX}" for name in OUTCOME}
        return {n: self._read(path, n, None, mine) for n, path in paths.items()}

    def read_shard(self, name: str, shard: str) -> pa.Table:
        """Rows of a table in one shard."""
        return self._read(self.folder / name / f"{shard}{SUFFIX}", name, None, None)

    def sorted_table(self, name: str) -> pa.Table:
        """A table by run, then as the run gave it: equal however it was computed."""
        table = self.arrow(name)
        by = ("run", "scenario") if name == RUNS else ("run",)
        codes = [sorted_codes(_only_chunk(table, column))[0] for column in by]
        order = np.lexsort([*reversed(codes)]) if len(table) else np.zeros(0, int)
        return canonical(table.take(pa.array(order)))

    def digest(self) -> dict[str, str]:
        """SHA-256 of every table that repeats, whatever the shards."""
        return {
            name: (
                digest_of(self.sorted_table(name))
                if name == RUNS
                else self._digest_by_run(name)
            )
            for name in TABLES
            if name not in UNREPEATABLE
        }

    def _digest_by_run(self, name: str) -> str:
        """Hash of the hashes of all runs: one shard at a time is in memory."""
        found: dict[str, str] = {}
        for path in self.shard_files(name):
            table = self._read(path, name, None, None)
            found.update({key: digest_of(rows) for key, rows in by_run(table)})
        text = "".join(f"{key} {found[key]}\n" for key in sorted(found))
        return hashlib.sha256(text.encode()).hexdigest()

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Take the folder for writing, after clearing what a killed process left."""
        with files.locked(self.folder):
            self._clear()
            yield Writer(self.folder)

    def _clear(self) -> None:
        finished = set(self.shards())
        for name in TABLES:
            folder = self.folder / name
            for path in folder.glob("*") if folder.is_dir() else ():
                is_shard = path.suffix == SUFFIX and path.stem in finished
                if path.suffix == SUFFIX and not is_shard:
                    path.unlink()
        for place in (".*", "*/.*"):
            for path in self.folder.glob(f"{place}{files.UNFINISHED}"):
                path.unlink()

    def forget_failures(self) -> int:
        """Take failed runs out, so that they are tried again; returns how many."""
        with self.writing():
            # The row in ``runs`` goes first: without it the rest is a left-over.
            rows = [*(self.folder / RUNS).glob(f"{FAILED}*{SUFFIX}")]
            for path in rows:
                path.unlink()
            self._clear()
        return len(rows)


def _known_schema(name: str) -> pa.Schema:
    if name not in TABLES:
        names = tuple(TABLES)
        raise StoreError(
            [
                Fault(
                    "is an unknown table", key="table", value=name,
                    allowed=", ".join(names), nearest=nearest(name, names),
                )
            ]
        )  # fmt: skip
    return schema_of(name)


def _stems(folder: Path) -> set[str]:
    if not folder.is_dir():
        return set()
    return {
        path.stem
        for path in folder.iterdir()
        if path.suffix == SUFFIX and not path.name.startswith(".")
    }


def _only_chunk(table: pa.Table, column: str) -> pa.DictionaryArray:
    array = table.column(column).combine_chunks()
    return array.chunk(0) if isinstance(array, pa.ChunkedArray) else array


def _refuse_foreign(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise StoreError([Fault("is not a folder", str(path))])
    try:
        # A process that was killed at its very first file leaves that one unfinished.
        found = path.iterdir() if path.exists() else ()
        is_empty = all(file.name.endswith(files.UNFINISHED) for file in found)
    except OSError as error:
        raise files.cannot("be read", path, error) from None
    if not is_empty:
        problem = f"is not a folder of results: it has other files and no {NAME}"
        allowed = "an empty or a new folder"
        raise StoreError([Fault(problem, str(path), allowed=allowed)])
