"""Runs a design: what the folder holds is kept, what is missing is computed."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from experiments.runner import Summary, Watcher, run_all
from experiments.store import Store
from experiments.sweep.design import Design
from experiments.sweep.folder import prepare, prepare_part, write_plan
from experiments.sweep.plan import make_plan


@dataclass(frozen=True)
class Engine:
    """What computes.

    Attributes
    ----------
    workers : int or None
        Number of processes; one for each core if None.
    executor : Executor or None
        Computes instead of processes of our own.
    """

    workers: int | None = None
    executor: Executor | None = None


def run_sweep(
    design: Design,
    folder: Path,
    engine: Engine = Engine(),
    shard: tuple[int, int] = (1, 1),
    watch: Watcher | None = None,
) -> tuple[Store, Summary]:
    """Run what a design asks for and its folder does not hold yet.

    Parameters
    ----------
    design : Design
    folder : Path
    engine : Engine
    shard : (int, int)
        Which part of how many: ``(2, 4)`` runs every fourth point into a folder of
        its own, which a call without shards gathers.
    watch : callable, optional
        Is told how far it is.

    Raises
    ------
    StoreError
        If the folder holds another design, or cannot be written to.
    """
    store = prepare(design, folder)
    plan = make_plan(design)
    write_plan(plan, folder)
    batch = plan.batch
    if shard != (1, 1):
        batch = plan.shard(*shard).without(store.keys())
        store = prepare_part(design, folder, shard)
    summary = run_all(
        batch, store, workers=engine.workers, executor=engine.executor, progress=watch
    )
    return store, summary
