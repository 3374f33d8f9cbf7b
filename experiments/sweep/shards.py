"""Shards that other processes computed, gathered into one folder."""

from __future__ import annotations

import shutil
from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from experiments.schema import TABLES
from experiments.store import Store
from experiments.sweep.folder import PARTS, parts_of
from experiments.writer import ALIAS, RUNS, SUFFIX, Writer


def gather(store: Store) -> int:
    """Take in what shards have computed; their folders go.

    A shard that somebody computes at this moment is refused. A run that both hold is
    kept once.

    Returns
    -------
    int
        Runs that were taken in.

    Raises
    ------
    StoreError
        If another process writes to one of the folders.
    """
    taken = 0
    for part in parts_of(store.folder):
        with part.writing():
            taken += absorb(store, part)
            shutil.rmtree(part.folder)
    folder = store.folder / PARTS
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
    return taken


def absorb(store: Store, other: Store) -> int:
    """Take in the runs of another folder; those that are known stay as they are.

    A process that is killed meanwhile leaves both folders whole, and the next call
    goes on.

    Returns
    -------
    int
        Runs that were new here.
    """
    with store.writing() as writer:
        known = store.keys()
        came = 0
        for folder in ("scenarios", "grids"):
            for path in sorted((other.folder / folder).glob("[!.]*")):
                writer.text(f"{folder}/{path.name}", path.read_text(encoding="utf-8"))
        for shard in other.shards():
            if not shard.startswith(ALIAS):
                came += _take_over(writer, other, shard, known)
        writer.join(other.manifest)
    return came


def _take_over(writer: Writer, other: Store, shard: str, known: Collection[str]) -> int:
    """Copy one shard of another folder, but for the runs that are known."""
    names = [n for n in TABLES if (other.folder / n / f"{shard}{SUFFIX}").exists()]
    tables = {n: other.read_shard(n, shard) for n in names}
    keys = [k for k in tables[RUNS].column("run").to_pylist() if k not in known]
    if not keys:
        return 0
    mine = pa.array(keys, pa.string())
    for name, table in tables.items():
        tables[name] = table.filter(pc.is_in(table.column("run"), mine))
    writer.shard(shard, tables)
    return len(keys)
