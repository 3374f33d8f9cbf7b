"""Runs a design: what the folder holds is kept, what is missing is computed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import numpy as np

from experiments.batch import Batch
from experiments.precision import Gaps, Precision, Target, until_precise
from experiments.processes import available_cores
from experiments.runner import Summary, Watcher, run_all, together
from experiments.store import Store
from experiments.sweep.design import Design
from experiments.sweep.folder import RESOLVED, prepare, prepare_part, write_plan
from experiments.sweep.forecast import Forecast, forecast
from experiments.sweep.outcomes import outcomes
from experiments.sweep.plan import Plan, make_plan
from experiments.sweep.shards import gather
from model.errors import Fault, InputError

Teller: TypeAlias = Callable[[Plan, Forecast], None]
Watching: TypeAlias = Callable[[Plan], Watcher]


@dataclass(frozen=True)
class Engine:
    """What computes.

    Attributes
    ----------
    workers : int or None
        Number of processes; one for each core if None.
    executor : Executor or None
        Computes instead of processes of our own.
    shard : (int, int)
        Which part of how many: ``(2, 4)`` runs every fourth point into a folder of
        its own, which a call without shards gathers.
    """

    workers: int | None = None
    executor: Executor | None = None
    shard: tuple[int, int] = (1, 1)

    @property
    def at_once(self) -> int:
        """How many runs are computed at once."""
        return self.workers or available_cores()


@dataclass(frozen=True)
class Listener:
    """Who is told what.

    Attributes
    ----------
    tell : callable or None
        Is told what it will take, before it begins; a few runs are timed for that.
    watching : callable or None
        Takes the plan and gives what is told how far it is.
    """

    tell: Teller | None = None
    watching: Watching | None = None


def run_sweep(
    design: Design,
    folder: Path,
    engine: Engine = Engine(),
    listener: Listener = Listener(),
) -> tuple[Plan, Summary]:
    """Run what a design asks for and its folder does not hold yet.

    Parameters
    ----------
    design : Design
    folder : Path
    engine : Engine
    listener : Listener

    Raises
    ------
    StoreError
        If the folder holds another design, or cannot be written to.
    """
    store, plan, batch = _opened(design, folder, engine.shard)
    if listener.tell is not None:
        found = forecast(len(design.sample), batch, store, engine.at_once, keep=True)
        listener.tell(plan, found)
        if found.stopped:
            known = len(batch) - len(batch.without(store.keys()))
            return plan, Summary(len(batch), known, 0, 0, 0.0, stopped=True)
    watch = None if listener.watching is None else listener.watching(plan)
    summary = run_all(
        batch, store, workers=engine.workers, executor=engine.executor, progress=watch
    )
    return plan, summary


def foretell(design: Design, folder: Path, engine: Engine) -> Forecast:
    """What a design would take, without a trace in its folder.

    Raises
    ------
    StoreError
        If the folder holds another design, or the disk is too small.
    """
    plan = make_plan(design)
    with TemporaryDirectory() as aside:
        there = (folder / RESOLVED).exists()
        store = prepare(design, folder if there else Path(aside) / "none")
        points, at_once = len(design.sample), engine.at_once
        return forecast(points, plan.batch, store, at_once, keep=False)


def _opened(
    design: Design, folder: Path, shard: tuple[int, int]
) -> tuple[Store, Plan, Batch]:
    """The store to write to, the plan, and the runs of it that are wanted here."""
    store = prepare(design, folder)
    plan = make_plan(design)
    if shard[1] > 1:
        write_plan(plan, folder)
        part = prepare_part(design, folder, shard)
        return part, plan, plan.shard(*shard).without(store.keys())
    with store.writing():  # The plan of somebody who is running is left alone.
        write_plan(plan, folder)
    gather(store)
    return store, plan, plan.batch


def run_until_precise(
    design: Design,
    folder: Path,
    target: Target,
    engine: Engine = Engine(),
    listener: Listener = Listener(),
) -> tuple[Plan, Summary, list[Precision]]:
    """Run more and more replicates at all points, until differences are known.

    All points get the same number: indices need a balanced design. The scenarios of a
    point share their luck, so its difference is paired, and the first, second and
    further replicates of all points together are one independent unit each.

    Parameters
    ----------
    design : Design
        Its number of replicates is the least.
    folder : Path
    target : Target
        Of the design's watched figure, against its first scenario.
    engine : Engine
    listener : Listener
        Is told what the first round will take.

    Raises
    ------
    InputError
        If the design has no pair of scenarios, or the folder cannot be used.
    """
    _refuse_unpaired(design, engine)
    rounds: list[tuple[Plan, Summary]] = []

    def run(count: int) -> Gaps | None:
        more = design.with_replicates(count)
        heard = replace(listener, tell=None) if rounds else listener
        rounds.append(run_sweep(more, folder, engine, heard))
        return None if rounds[-1][1].stopped else gaps_of(design, folder)

    found = until_precise(run, target, design.replicates)
    return rounds[-1][0], together([summary for _, summary in rounds]), found


def _refuse_unpaired(design: Design, engine: Engine) -> None:
    faults = []
    option = "--until-precise"
    if len(design.variants) < 2:
        allowed = "a design with two scenarios or more under 'scenarios'"
        faults.append(Fault("needs a difference", option, allowed=allowed))
    if design.choices:
        allowed = "a design whose scenarios are no factor"
        faults.append(
            Fault("needs the same pair at every point", option, allowed=allowed)
        )
    if design.seeds:
        allowed = "a design without 'seeds'"
        faults.append(Fault("needs replicates", option, allowed=allowed))
    if engine.shard[1] > 1:
        allowed = "a sweep in one piece"
        faults.append(Fault("needs all points", option, allowed=allowed))
    if faults:
        raise InputError(faults)


def gaps_of(design: Design, folder: Path) -> Gaps:
    """Paired differences against the first scenario: float64[points, replicates]."""
    watched = design.watched
    frame = outcomes(folder, watched.indicator, zone=watched.zone)
    order = frame.groupby(["point", "scenario"])["replicate"].rank().astype(int)
    frame = frame.assign(replicate=order)
    wide = frame.pivot(index=["point", "replicate"], columns="scenario", values="value")
    reference, *others = (variant.name for variant in design.variants)
    found = {}
    for name in others:
        gap = (wide[name] - wide[reference]).unstack("replicate")
        found[name] = np.asarray(gap.to_numpy(), np.float64)
    return found
