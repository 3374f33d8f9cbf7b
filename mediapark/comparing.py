"""``mediapark compare``: paired runs, a report, and the headline."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from experiments.processes import warm_up
from mediapark.console import FAILED, STOPPED, Count, Out, counting
from mediapark.options import Ground

if TYPE_CHECKING:
    from experiments.comparison import Comparison
    from experiments.draws import Sampling, Variant
    from experiments.keys import RunRequest
    from experiments.partial import PairedDifference
    from experiments.runner import Progress, Summary
    from experiments.store import Store


@dataclass(frozen=True)
class Asked:
    """What is to be compared.

    Attributes
    ----------
    names : tuple of str
        The reference, then the others, as they were typed.
    replicates : int
        How many pairs of runs.
    fixed : bool
        Whether parameters stay at their defaults.
    workers : int or None
        Number of processes.
    retry : bool
        Whether failed runs are tried again.
    """

    names: tuple[str, ...]
    replicates: int
    fixed: bool
    workers: int | None
    retry: bool


def compare_all(out: Out, asked: Asked, ground: Ground, lang: str) -> None:
    """Run, compare, write the report and say what it holds."""
    warm_up(asked.workers)
    from experiments.draws import Sampling
    from experiments.report import About, write_report
    from experiments.store import Store
    from mediapark import api

    variants = named_variants(asked.names, ground)
    sampling = Sampling(
        asked.replicates, ground.key, asked.fixed, ground.grid, ground.scale
    )
    requests = api.comparison_requests(variants, sampling)
    folder = ground.out or api.compare_folder(variants)
    store = Store.create(folder)
    if asked.retry:
        store.forget_failures()
    with counting(out, "Runs") as show:
        watch = _watcher(show, store, requests, [one.name for one in variants])
        mine, summary = api.run_variants(
            variants, sampling, folder, asked.workers, watch
        )
    _tell_of_runs(out, summary, folder)
    if summary.stopped:
        _tell_stopped(out, summary, folder)
    comparison = api.comparison_of(mine, variants, sampling)
    scenarios = {one.name: one.scenario for one in variants}
    about = About(facts=api.facts_of(mine), command=command_of(variants, sampling))
    page = write_report(comparison, folder, lang, scenarios, about)
    _tell_headline(out, comparison, page, summary)
    if summary.failed:
        raise typer.Exit(FAILED)


def named_variants(names: Sequence[str], ground: Ground) -> list[Variant]:
    """Scenarios by name, all faults at once.

    Raises
    ------
    InputError
        With the faults of every scenario.
    """
    from experiments.draws import Variant
    from mediapark.api import load_scenario
    from model.errors import InputError

    found, faults = [], []
    for name in names:
        try:
            scenario = load_scenario(name, settings=ground.settings, until=ground.until)
        except InputError as error:
            faults += [fault for fault in error.faults if fault not in faults]
        else:
            found.append(Variant(scenario, ground.words(name)))
    if faults:
        raise InputError(faults)
    return found


def _watcher(
    show: Callable[[Count], None],
    store: Store,
    requests: Sequence[RunRequest],
    names: Sequence[str],
) -> Callable[[Progress], None]:
    from experiments.partial import PairedDifference

    partial = PairedDifference(names[0])

    def watch(state: Progress) -> None:
        if state.result is not None:
            partial.add(state.result)
        elif state.known:
            partial.add_known(store, {request.key for request in requests})
        so_far = partial_text(partial, names[1:])
        finished = state.known + state.done
        show(Count(finished, state.total, state.seconds_left, so_far))

    return watch


def partial_text(partial: PairedDifference, names: Sequence[str]) -> str:
    """Mean paired differences so far, in words."""
    parts = []
    for name in names:
        mean = partial.of(name)
        if mean is not None:
            error = f" ±{1.96 * mean.error:,.0f}" if mean.pairs > 1 else ""
            parts.append(f"{name} {mean.mean:+,.0f}{error}")
    return f"jobs at Reyers: {'; '.join(parts)}" if parts else ""


def _tell_of_runs(out: Out, summary: Summary, folder: Path) -> None:
    parts = [f"{summary.done} runs in {summary.seconds:.1f} s"]
    if summary.known:
        parts.append(f"{summary.known} were there already")
    out.line(", ".join(parts))
    if summary.failed:
        out.note(
            f"{summary.failed} runs failed; the table 'failures' in {folder} says why "
            "and how to repeat them; --retry tries them again"
        )


def _tell_stopped(out: Out, summary: Summary, folder: Path) -> None:
    kept = summary.known + summary.done
    out.value({"stopped": True, "runs": kept, "total": summary.total})
    out.note(
        f"Stopped: {kept} of {summary.total} runs are kept in {folder}. "
        "The same command goes on from there."
    )
    raise typer.Exit(STOPPED)


def _tell_headline(
    out: Out, comparison: Comparison, page: Path, summary: Summary
) -> None:
    from experiments.comparison.frames import headline
    from mediapark.headline import headline_rows, plain

    frame = headline(comparison)
    out.value(
        {
            "reference": comparison.reference,
            "runs": vars(summary),
            "headline": [plain(row) for row in frame.to_dict("records")],
            "folder": str(page.parent),
            "report": str(page),
        }
    )
    for one in comparison.variants:
        title = f"{one.name} against {comparison.reference}, {one.months[-1]}"
        columns = ("", ">median", ">80 % of runs", ">above the reference")
        out.table(title, columns, headline_rows(frame[frame["variant"] == one.name]))
        out.line("")
    out.last(f"Report: {page}")


def command_of(variants: Sequence[Variant], sampling: Sampling) -> str:
    """What to type to compare again."""
    first, *options = variants[0].arguments
    names = [first, *(one.arguments[0] for one in variants[1:])]
    words = ["mediapark", "compare", *names, *options]
    words += ["--replicates", str(sampling.replicates)]
    if sampling.first:
        words += ["--key", str(sampling.first)]
    if sampling.fixed:
        words += ["--fixed"]
    if sampling.grid != "250":
        words += ["--grid", sampling.grid]
    if sampling.scale != 1.0:
        words += ["--scale", f"{sampling.scale:g}"]
    return shlex.join(words)
