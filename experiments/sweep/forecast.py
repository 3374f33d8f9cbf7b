"""What a sweep will take, told before it begins: runs, time and disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from experiments.batch import Batch
from experiments.runner import run_all
from experiments.store import Store
from model.errors import Fault, StoreError

PROBES: Final = 3


@dataclass(frozen=True)
class Forecast:
    """What a sweep will take on this machine.

    Attributes
    ----------
    points, runs : int
        Points of the design, and runs in all.
    known : int
        Runs that need not be computed: known already, or equal to another run.
    missing : int
        Runs that must be computed.
    run_seconds : float, s
        Time of one run; 0 where nothing is missing.
    seconds : float, s
        Time for all that is missing.
    run_bytes : float, bytes
        Disk of one run.
    bytes : float, bytes
        Disk for all that is missing.
    stopped : bool
        Whether somebody stopped it while runs were timed.
    """

    points: int
    runs: int
    known: int
    missing: int
    run_seconds: float
    seconds: float
    run_bytes: float
    bytes: float
    stopped: bool = False


def forecast(
    points: int, batch: Batch, store: Store, workers: int, keep: bool
) -> Forecast:
    """Time a few of the missing runs, and reckon from there.

    The first of them loads what later ones find loaded, so it does not count.

    Parameters
    ----------
    points : int
        Points of the design.
    batch : Batch
        All runs.
    store : Store
    workers : int
        How many runs are computed at once.
    keep : bool
        Whether these runs go into the store, or are thrown away.

    Raises
    ------
    StoreError
        If the disk cannot hold the results.
    """
    missing = batch.without(store.keys())
    left = len(missing)
    if not left:
        return Forecast(points, len(batch), len(batch), 0, 0.0, 0.0, 0.0, 0.0)
    places = sorted({0, left // 3, 2 * left // 3})[:PROBES]
    probed = missing.at(places)
    with _aside(store, keep) as place:
        summary = run_all(probed, place, workers=1)
        mine = place.select(frozenset(probed.keys))
        times = mine.table("timings").astype({"run": str}).set_index("run")["seconds"]
        counted = [key for key in probed.keys[1:] or probed.keys if key in times.index]
        seconds = float(times[counted].mean()) if counted else 0.0
        size = _bytes_of(place, frozenset(probed.keys)) / max(summary.done, 1)
    after = left - summary.done if keep else left
    found = Forecast(
        points=points,
        runs=len(batch),
        known=len(batch) - left,
        missing=left,
        run_seconds=seconds,
        seconds=after * seconds / max(min(workers, after), 1),
        run_bytes=size,
        bytes=after * size,
        stopped=summary.stopped,
    )
    _refuse_full_disk(found, store.folder)
    return found


@contextmanager
def _aside(store: Store, keep: bool) -> Iterator[Store]:
    if keep:
        yield store
        return
    with TemporaryDirectory() as folder:
        yield Store.create(Path(folder) / "probe")


def _bytes_of(store: Store, keys: frozenset[str]) -> int:
    homes = store.shard_of()
    shards = {homes[key] for key in keys if key in homes}
    files = (file for shard in shards for file in store.folder.glob(f"*/{shard}.*"))
    return sum(file.stat().st_size for file in files)


def _refuse_full_disk(found: Forecast, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if found.bytes > free:
        allowed = f"at most {free / 1e9:.1f} GB, which are free"
        fault = Fault(
            "the disk cannot hold the results", str(folder),
            value=f"{found.bytes / 1e9:.1f} GB", allowed=allowed,
        )  # fmt: skip
        raise StoreError([fault])
