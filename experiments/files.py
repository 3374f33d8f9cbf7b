"""Files that are either whole or not there, and a folder that one process writes to."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from model.errors import Fault, StoreError

UNFINISHED = ".unfinished"
_LOCK = ".lock"


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file under another name, force it to the disk, then rename it.

    Raises
    ------
    StoreError
        If the disk is full, or the folder cannot be written to.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        _force(temporary)
        temporary.replace(path)
        _force(path.parent)
    except OSError as error:
        raise cannot("be written", path, error) from None


def write_text(path: Path, text: str) -> None:
    """Write a text file as a whole."""
    write_whole(path, lambda temporary: _put(temporary, text))


def _put(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _force(path: Path) -> None:
    if path.is_dir() and sys.platform == "win32":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def cannot(what: str, path: Path, error: OSError) -> StoreError:
    """A refusal of the operating system in words."""
    return StoreError([Fault(f"cannot {what}: {error.strerror or error}", str(path))])


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes from writing to a folder; freed even by a kill.

    Raises
    ------
    StoreError
        If another process writes to it.
    """
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise cannot("be written", folder, error) from None
    try:
        if not _take(descriptor):
            problem = "another process is writing results here"
            fault = Fault(problem, str(folder), allowed="waiting for it, or --out")
            raise StoreError([fault])
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    if sys.platform == "win32":
        return True
    import fcntl  # Not on Windows.

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
