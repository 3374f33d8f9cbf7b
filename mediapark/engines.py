"""What computes trials: this process, processes of our own, or somebody's executor."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager

from experiments.processes import available_cores, process_context, start_worker


@contextmanager
def engine(
    workers: int | None, dask: str | None = None
) -> Iterator[tuple[Executor | None, int]]:
    """An executor, None where this process computes, and how many it runs at once.

    Parameters
    ----------
    workers : int or None
        Number of processes; one for each core if None.
    dask : str or None
        Address of a scheduler, or ``local``.
    """
    if dask is not None:
        from experiments.cluster import dask_executor

        with dask_executor(dask, workers) as (executor, threads):
            yield executor, threads or 1
        return
    count = workers or available_cores()
    if count == 1:
        yield None, 1
        return
    pool = ProcessPoolExecutor(count, process_context(), start_worker)
    try:
        yield pool, count
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
