"""``mediapark sweep``: a design, its runs, and what they say so far."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from experiments.processes import warm_up
from mediapark.console import (
    FAILED,
    STOPPED,
    Count,
    Out,
    counting,
    precision_lines,
    size_in_words,
    time_in_words,
)
from mediapark.posteriors import load_posterior

if TYPE_CHECKING:
    from experiments.precision import Precision, Target
    from experiments.runner import Progress, Summary
    from experiments.store import Store
    from experiments.sweep.design import Design
    from experiments.sweep.forecast import Forecast
    from experiments.sweep.plan import Plan
    from experiments.sweep.running import Engine, Listener


@dataclass(frozen=True)
class Asked:
    """How a design is to be run, as it was typed.

    Attributes
    ----------
    design : str
        A file, or the name of a shipped design.
    out : Path or None
        Folder of results.
    shard : str or None
        ``i/n``.
    workers : int or None
        Number of processes.
    dask : str or None
        Address of a scheduler, or ``local``.
    retry : bool
        Whether failed runs are tried again.
    dry : bool
        Whether only to say what it would take.
    target : Target or None
        How well differences must be known.
    posterior : str or None
        Name or folder of a posterior.
    """

    design: str
    out: Path | None
    shard: str | None
    workers: int | None
    dask: str | None
    retry: bool
    dry: bool
    target: Target | None
    posterior: str | None = None


def sweep_all(out: Out, asked: Asked) -> None:
    """Read the design, say what it takes, run it, and say where results lie."""
    if asked.dask is None and not asked.dry:
        warm_up(asked.workers)
    from experiments.sweep.folder import prepare, prepare_part
    from experiments.sweep.reading import read_design
    from mediapark.api import sweep_folder

    posterior = load_posterior(asked.posterior)
    design = replace(read_design(asked.design), posterior=posterior)
    shard = shard_of(asked.shard)
    folder = asked.out or sweep_folder(design)
    for note in design.notes:
        out.note(note)
    if asked.dry:
        _tell_plan_only(out, design, folder, asked.workers)
        return
    store = prepare(design, folder)
    if shard[1] > 1:
        store = prepare_part(design, folder, shard)
    if asked.retry:
        store.forget_failures()
    with _engine(asked, shard) as engine:
        if asked.target is None:
            summary = _run(out, design, folder, engine)
            found: list[Precision] = []
        else:
            summary, found = _run_until_precise(
                out, design, folder, (engine, asked.target)
            )
    _tell_end(out, design, store, (summary, found))


@contextmanager
def _engine(asked: Asked, shard: tuple[int, int]) -> Iterator[Engine]:
    from experiments.sweep.running import Engine

    if asked.dask is None:
        yield Engine(asked.workers, shard=shard)
        return
    from experiments.cluster import dask_executor

    with dask_executor(asked.dask, asked.workers) as (executor, threads):
        yield Engine(threads, executor, shard)


def _run(out: Out, design: Design, folder: Path, engine: Engine) -> Summary:
    from experiments.sweep.running import run_sweep

    with counting(out, "Runs") as show:
        listener = _listener(out, show, folder, engine)
        _, summary = run_sweep(design, folder, engine, listener)
    return summary


def _run_until_precise(
    out: Out, design: Design, folder: Path, how: tuple[Engine, Target]
) -> tuple[Summary, list[Precision]]:
    from experiments.sweep.running import run_until_precise

    engine, target = how
    with counting(out, "Runs") as show:
        listener = _listener(out, show, folder, engine)
        _, summary, found = run_until_precise(design, folder, target, engine, listener)
    return summary, found


def _listener(
    out: Out, show: Callable[[Count], None], folder: Path, engine: Engine
) -> Listener:
    from experiments.sweep.running import Listener

    def tell(plan: Plan, found: Forecast) -> None:
        for line in forecast_lines(plan.design, found, engine.at_once):
            out.line(line)

    return Listener(tell, _watching(show, folder))


def _watching(
    show: Callable[[Count], None], folder: Path
) -> Callable[[Plan], Callable[[Progress], None]]:
    from experiments.store import Store
    from experiments.sweep.sofar import SoFar

    def watching(plan: Plan) -> Callable[[Progress], None]:
        so_far = SoFar(plan)

        def watch(state: Progress) -> None:
            if state.result is not None:
                so_far.add(state.result)
            elif state.known:
                so_far.add_known(Store(folder))
            finished = state.known + state.done
            show(Count(finished, state.total, state.seconds_left, so_far.text))

        return watch

    return watching


def _tell_plan_only(
    out: Out, design: Design, folder: Path, workers: int | None
) -> None:
    from experiments.sweep.running import Engine, foretell

    engine = Engine(workers)
    found = foretell(design, folder, engine)
    out.value({"design": design.name, "forecast": vars(found), "folder": str(folder)})
    for line in forecast_lines(design, found, engine.at_once):
        out.line(line)
    if found.stopped:
        raise typer.Exit(STOPPED)


def forecast_lines(design: Design, found: Forecast, at_once: int) -> list[str]:
    """What a sweep will take, in words."""
    method, factors = design.method.kind, len(design.problem)
    scenarios = len(design.variants) + bool(design.choices)
    per_point = [f"{scenarios} scenarios", f"{design.replicates} replicates"]
    lines = [
        f"{design.name}: {method}, {factors} factors, {found.points:,} points x "
        f"{' x '.join(per_point)} = {found.runs:,} runs",
    ]
    if found.known:
        lines.append(f"{found.known:,} of them are known, or equal to another one")
    if found.missing:
        lines.append(
            f"{found.missing:,} runs to compute: about "
            f"{time_in_words(found.seconds)} on this machine ({at_once} at once, "
            f"{found.run_seconds:.2f} s each), {size_in_words(found.bytes)} of disk"
        )
    return lines


def _tell_end(
    out: Out, design: Design, store: Store, came: tuple[Summary, list[Precision]]
) -> None:
    from experiments.sweep.folder import PARTS
    from mediapark.headline import plain

    (summary, found), folder = came, store.folder
    failed = len(store.failed())
    out.value(
        {
            "design": design.name,
            "runs": vars(summary),
            "failed": failed,
            "precision": [plain(vars(one)) for one in found],
            "folder": str(folder),
        }
    )
    out.line(
        f"{summary.done:,} runs in {time_in_words(summary.seconds)}, "
        f"{summary.known:,} were there already"
    )
    for line in precision_lines(found):
        out.line(line)
    if failed:
        out.note(
            f"{failed:,} runs failed; the table 'failures' in {folder} says "
            "why and how to repeat them; --retry tries them again"
        )
    if summary.stopped:
        kept = summary.known + summary.done
        out.note(
            f"Stopped: {kept:,} of {summary.total:,} runs are kept in {folder}. "
            "The same command goes on from there."
        )
        raise typer.Exit(STOPPED)
    out.last(f"Results: {folder}")
    if folder.parent.name == PARTS:
        out.line("The same command without --shard gathers all shards.")
    if failed:
        raise typer.Exit(FAILED)


def shard_of(text: str | None) -> tuple[int, int]:
    """``i/n`` as two numbers; the whole where nothing is said.

    Raises
    ------
    InputError
        If it is something else.
    """
    from model.errors import Fault, InputError

    if text is None:
        return 1, 1
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        allowed = "i/n, with i from 1 to n"
        raise InputError([Fault("is no shard", "--shard", value=text, allowed=allowed)])
    return int(found[1]), int(found[2])
