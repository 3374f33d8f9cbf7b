"""``mediapark sweep``: a design, its runs, and what they say so far."""

from __future__ import annotations

from pathlib import Path

import typer

from experiments.processes import warm_up
from mediapark.console import FAILED, STOPPED, Count, Out, counting


def sweep_all(
    out: Out, design_name: str, folder: Path | None, workers: int | None
) -> None:
    """Read the design, run it, and say where results lie."""
    warm_up(workers)
    from experiments.runner import Progress
    from experiments.sweep.reading import read_design
    from experiments.sweep.running import Engine, run_sweep

    design = read_design(design_name)
    folder = folder or Path("results") / design.name
    with counting(out, "Runs") as show:

        def watch(state: Progress) -> None:
            finished = state.known + state.done
            show(Count(finished, state.total, state.seconds_left))

        _, summary = run_sweep(design, folder, Engine(workers), watch=watch)
    out.value({"design": design.name, "runs": vars(summary), "folder": str(folder)})
    if summary.stopped:
        out.note(f"Stopped: the same command goes on from there: {folder}")
        raise typer.Exit(STOPPED)
    out.last(f"Results: {folder}")
    if summary.failed:
        raise typer.Exit(FAILED)
