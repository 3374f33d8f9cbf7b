"""``mediapark compare``: paired runs, a report, and the headline."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
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
)
from mediapark.options import Ground
from mediapark.posteriors import load_posterior

if TYPE_CHECKING:
    from experiments.comparison import Comparison
    from experiments.draws import Sampling, Variant
    from experiments.keys import RunRequest
    from experiments.partial import PairedDifference
    from experiments.precision import Precision, Target
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
    both_ways : bool
        Whether each replicate is run without an effect of knowledge, too.
    workers : int or None
        Number of processes.
    retry : bool
        Whether failed runs are tried again.
    target : Target or None
        How well differences must be known; None: the replicates that are asked for.
    figure : (str, str)
        Indicator and zone whose difference that is.
    """

    names: tuple[str, ...]
    replicates: int
    fixed: bool
    both_ways: bool
    workers: int | None
    retry: bool
    target: Target | None = None
    figure: tuple[str, str] = ("jobs", "reyers")


def compare_all(out: Out, asked: Asked, ground: Ground, lang: str) -> None:
    """Run, compare, write the report and say what it holds."""
    warm_up(asked.workers)
    from experiments.draws import Sampling
    from experiments.report import About, write_report
    from experiments.store import Store
    from mediapark import api

    variants = named_variants(asked.names, ground)
    posterior = load_posterior(ground.posterior)
    sampling = Sampling(
        asked.replicates, ground.key, asked.fixed, ground.grid, ground.scale, posterior
    )
    api.comparison_requests(variants, sampling)
    if asked.target is not None:
        refuse_unknown_figure(asked.figure, ground.grid)
    folder = ground.out or api.compare_folder(variants)
    store = Store.create(folder)
    if asked.retry:
        store.forget_failures()
    with counting(out, "Runs") as show:
        sampling, mine, summary, found = _run(show, asked, variants, sampling, folder)
    _tell_of_runs(out, summary, folder)
    if summary.stopped:
        _tell_stopped(out, summary, folder)
    for line in precision_lines(found):
        out.line(line)
    comparison = api.comparison_of(mine, variants, sampling)
    scenarios = {one.name: one.scenario for one in variants}
    command = command_of(variants, sampling, asked.both_ways)
    facts = api.facts_of(mine, posterior)
    about = About(facts, command, posterior=posterior)
    page = write_report(comparison, folder, lang, scenarios, about)
    _tell_headline(out, comparison, page, (summary, found))
    if summary.failed:
        raise typer.Exit(FAILED)


def _run(
    show: Callable[[Count], None],
    asked: Asked,
    variants: Sequence[Variant],
    sampling: Sampling,
    folder: Path,
) -> tuple[Sampling, Store, Summary, list[Precision]]:
    """Run what is asked for, round by round where differences must be precise."""
    from experiments.draws import SEEDS_PER_DRAW
    from experiments.partial import PairedDifference
    from experiments.precision import Gaps, Units, until_precise
    from experiments.runner import together
    from experiments.store import Store
    from mediapark import api

    names = [variant.name for variant in variants]
    every = api.with_both_ways(variants) if asked.both_ways else variants

    def run(sampling: Sampling) -> tuple[Sampling, Store, Summary]:
        requests = api.comparison_requests(every, sampling)
        watch = _watcher(show, Store(folder), requests, names)
        return sampling, *api.run_variants(
            every, sampling, folder, asked.workers, watch
        )

    if asked.target is None:
        return *run(sampling), []
    rounds = []

    def differences(count: int) -> Gaps | None:
        rounds.append(run(replace(sampling, replicates=count)))
        _, mine, summary = rounds[-1]
        figures = PairedDifference(names[0], *asked.figure)
        figures.add_known(mine, mine.keys())
        keys = range(sampling.first, sampling.first + count)
        return None if summary.stopped else figures.gaps(names[1:], keys)

    # Replicates that share a draw make up one unit.
    units = Units() if sampling.fixed else Units(SEEDS_PER_DRAW, sampling.first)
    found = until_precise(differences, asked.target, sampling.replicates, units)
    sampling, mine, _ = rounds[-1]
    return sampling, mine, together([one[2] for one in rounds]), found


def refuse_unknown_figure(figure: tuple[str, str], grid: str) -> None:
    """Refuse an indicator or a zone that nobody knows.

    Raises
    ------
    InputError
        With a fault for each.
    """
    from model.errors import Fault, InputError, nearest
    from model.geography import load_region
    from model.indicators import INDICATORS, REGION

    zones = (REGION, *(zone.id for zone in load_region(grid).zones))
    known = {"--indicator": tuple(INDICATORS), "--zone": zones}
    faults = [
        Fault(
            "is unknown", option, value=value, allowed=", ".join(known[option]),
            nearest=nearest(value, known[option]),
        )
        for option, value in zip(known, figure, strict=True)
        if value not in known[option]
    ]  # fmt: skip
    if faults:
        raise InputError(faults)


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
    out: Out,
    comparison: Comparison,
    page: Path,
    came: tuple[Summary, list[Precision]],
) -> None:
    from experiments.comparison.frames import headline
    from mediapark.headline import headline_rows, plain

    frame = headline(comparison)
    out.value(
        {
            "reference": comparison.reference,
            "runs": vars(came[0]),
            "precision": [plain(vars(one)) for one in came[1]],
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


def command_of(variants: Sequence[Variant], sampling: Sampling, both_ways: bool) -> str:
    """What to type to compare again."""
    first, *options = variants[0].arguments
    names = [first, *(one.arguments[0] for one in variants[1:])]
    words = ["mediapark", "compare", *names, *options]
    if sampling.posterior is not None:
        words += ["--posterior", sampling.posterior.place]
    words += ["--replicates", str(sampling.replicates)]
    if sampling.first:
        words += ["--key", str(sampling.first)]
    if sampling.fixed:
        words += ["--fixed"]
    if not both_ways:
        words += ["--one-way"]
    if sampling.grid != "250":
        words += ["--grid", sampling.grid]
    if sampling.scale != 1.0:
        words += ["--scale", f"{sampling.scale:g}"]
    return shlex.join(words)
