"""``mediapark verify``: do the runs of a folder come out the same?"""

from __future__ import annotations

import time
from pathlib import Path

import typer

from experiments.store import Store
from experiments.verify import verify_store
from mediapark.console import FAILED, Count, Out, counting


def verify_folder(
    out: Out, folder: Path, sample: int | None, workers: int | None
) -> None:
    """Run again, compare, and say what differs."""
    store = Store(folder)
    started = time.monotonic()
    with counting(out, "Checked") as show:

        def watch(done: int, total: int) -> None:
            passed = time.monotonic() - started
            show(Count(done, total, passed / done * (total - done)))

        found = verify_store(store, sample, workers=workers, progress=watch)
    out.value(
        {
            "folder": str(folder),
            "checked": found.checked,
            "total": found.total,
            "agrees": found.agrees,
            "same_model": found.same_model,
            "differences": [vars(one) for one in found.differences],
        }
    )
    if not found.same_model:
        out.note(
            "These runs were made by another version of the model: they cannot be "
            "expected to agree."
        )
    for one in found.differences:
        out.note(str(one))
    runs = f"{found.checked} of {found.total} runs"
    if found.agrees:
        out.last(f"Equal bit by bit: {runs} of {folder}")
        return
    out.last(f"Different: {len(found.differences)} of the {runs} checked in {folder}")
    raise typer.Exit(FAILED)
