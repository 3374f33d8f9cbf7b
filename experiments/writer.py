"""What is written into a folder of results: shards, names, texts, the manifest."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from experiments import files
from experiments.manifest import Manifest, read_manifest, write_manifest
from experiments.schema import TEXT

SUFFIX = ".parquet"
RUNS = "runs"
FAILED = "failed-"
ALIAS = "name-"


class Writer:
    """Adds shards to a folder that this process has taken.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def shard(self, name: str, tables: dict[str, pa.Table]) -> None:
        """Write one shard: all tables, and ``runs`` last."""
        for table in (*(t for t in tables if t != RUNS), RUNS):
            path = self.folder / table / f"{name}{SUFFIX}"
            files.write_whole(path, partial(_write_parquet, tables[table]))

    def names(self, name: str, rows: pa.Table) -> None:
        """Write rows of ``runs`` for runs that have other names already."""
        path = self.folder / RUNS / f"{ALIAS}{name}{SUFFIX}"
        files.write_whole(path, partial(_write_parquet, rows))

    def text(self, name: str, text: str) -> None:
        """Write a file beside the tables, unless it is there."""
        path = self.folder / name
        if not path.exists():
            files.write_text(path, text)

    def join(self, other: Manifest) -> None:
        """Add what another folder says of its scenarios, grids and sessions."""
        mine = read_manifest(self.folder)
        new = [one for one in other["sessions"] if one not in mine["sessions"]]
        self.update(
            scenarios={**other["scenarios"], **mine["scenarios"]},
            grids={**other["grids"], **mine["grids"]},
            sessions=[*mine["sessions"], *new],
        )

    def update(self, **facts: Any) -> None:
        """Replace some facts of the manifest."""
        write_manifest(self.folder, {**read_manifest(self.folder), **facts})


def _write_parquet(table: pa.Table, path: Path) -> None:
    texts = [field.name for field in table.schema if field.type == TEXT]
    # Codes of labels are short already, and nobody looks for a run by its range: the
    # time that this saves is a tenth of what a full run costs the runner.
    compression = dict.fromkeys(table.column_names, "zstd") | dict.fromkeys(
        texts, "lz4"
    )
    split = {"value": "BYTE_STREAM_SPLIT"} if "value" in table.column_names else None
    pq.write_table(
        table, path, compression=compression, column_encoding=split,
        use_dictionary=texts, write_statistics=False,
    )  # fmt: skip
