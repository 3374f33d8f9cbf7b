"""A Dask cluster as an executor: one that runs somewhere, or one on this machine."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, Final

from experiments.keys import model_version
from experiments.processes import available_cores
from model.errors import Fault, InputError

LOCAL: Final = "local"
_OPTION = "--dask"
_PATIENCE = "10s"


@contextmanager
def dask_executor(
    address: str, workers: int | None = None
) -> Iterator[tuple[Executor, int]]:
    """An executor on a cluster, and how many runs it computes at once.

    Parameters
    ----------
    address : str
        Of the scheduler (``tcp://host:8786``); ``local`` starts a cluster here and
        ends it.
    workers : int, optional
        Processes of a local cluster; one for each core if not given.

    Raises
    ------
    InputError
        If Dask is not installed, nobody answers, or the workers have another version
        of the model.
    """
    distributed = _distributed()
    cluster = _local(distributed, workers) if address == LOCAL else None
    try:
        client = _client(distributed, cluster or address)
        with client:
            _refuse_other_models(client, address)
            threads = sum(client.nthreads().values())
            yield client.get_executor(pure=False), threads
    finally:
        if cluster is not None:
            cluster.close()


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        allowed = "pip install 'mediapark[cluster]'"
        fault = Fault("needs the package 'distributed'", _OPTION, allowed=allowed)
        raise InputError([fault]) from None
    return distributed


def _local(distributed: Any, workers: int | None) -> Any:
    with _deaf_children():
        return distributed.LocalCluster(
            n_workers=workers or available_cores(),
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=logging.ERROR,
        )


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Leave Ctrl-C to this process: those that start meanwhile do not hear it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _client(distributed: Any, where: Any) -> Any:
    try:
        return distributed.Client(where, timeout=_PATIENCE)
    except (OSError, ValueError) as error:
        allowed = "the address of a scheduler, such as tcp://host:8786, or 'local'"
        problem = f"cannot be reached: {str(error).splitlines()[0]}"
        fault = Fault(problem, _OPTION, value=where, allowed=allowed)
        raise InputError([fault]) from None


def _refuse_other_models(client: Any, address: str) -> None:
    """Results of another model must not stand under the keys of this one."""
    found = set(client.run(model_version).values())
    if not found:
        fault = Fault("has no workers", _OPTION, value=address)
        raise InputError([fault])
    if found != {model_version()}:
        problem = "its workers have another version of the model"
        allowed = "the same sources here and there"
        raise InputError([Fault(problem, _OPTION, value=address, allowed=allowed)])
