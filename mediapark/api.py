"""The verbs in Python; the command line says the same."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from experiments.draws import Sampling, Variant, requests_for
from experiments.keys import RunRequest
from experiments.manifest import versions
from experiments.posterior import note_posterior
from experiments.runner import Summary, Watcher, run_all
from experiments.simulate import simulate
from experiments.store import Store
from experiments.verify import Verification, verify_store
from mediapark.posteriors import load_posterior
from model.errors import Fault, InputError
from model.geography import load_region
from model.outcome import Outcome
from model.scenario import Replay, Scenario, read_scenario
from model.simulation import vocabulary

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from experiments.comparison import Comparison
    from experiments.posterior import Posterior
    from experiments.sweep.design import Design
    from experiments.sweep.folder import Swept

Named = str | os.PathLike[str]
Settings = Mapping[str, object] | Iterable[str]
RESULTS = Path("results")
_LONGEST_NAME = 100


def load_scenario(
    name_or_path: Named,
    *,
    overrides: Sequence[str] = (),
    settings: Settings = (),
    until: str | None = None,
) -> Scenario:
    """A resolved scenario.

    Parameters
    ----------
    name_or_path : str or path
        Name of a shipped scenario, or a file ending in ``.yaml``; ``+`` adds
        overrides: ``full-plan+telework-high``.
    overrides : sequence of str
        Further overrides, in order.
    settings : mapping, or iterable of str
        Single values, laid on last: ``{"telework.after": 0.5}`` or
        ``["telework.after=0.5"]``.
    until : str, YYYY-MM, optional
        Another last month.

    Raises
    ------
    InputError
        With every fault that was found.
    """
    if isinstance(settings, Mapping):
        settings = [f"{key}={value}" for key, value in settings.items()]
    scenario = read_scenario(
        name_or_path, vocabulary(), overrides=overrides, settings=settings
    )
    return scenario if until is None else scenario.with_until(until)


def run(
    scenario: Scenario | Named = "reference",
    key: int | None = None,
    *,
    until: str | None = None,
    scale: float | None = None,
    grid: str | None = None,
    posterior: Named | None = None,
) -> Outcome:
    """One run, in memory; the scenario of a session is run as it was played.

    Parameters
    ----------
    scenario : Scenario, str or path
    key : int, optional
        Replicate key: runs that share it share every random draw. 0 if not given.
    until : str, YYYY-MM, optional
        Another last month.
    scale : float
        Share of the population and of floor space, 0-1.
    grid : str
        ``250``, ``500`` or a CSV file.
    posterior : str or path, optional
        Its median draw stands in for the defaults.

    Returns
    -------
    Outcome
        Tables ``indicators``, ``moves``, ``firms``, ``cells`` and ``events``.
    """
    found = resolved(scenario, until)
    drawn = load_posterior(posterior)
    played = found.replay or Replay()
    sampling = Sampling(
        1,
        played.key if key is None else key,
        fixed=True,
        grid=played.grid if grid is None else str(grid),
        scale=played.scale if scale is None else scale,
        posterior=drawn,
    )
    return simulate(requests_for([found], sampling)[0])


def resolved(scenario: Scenario | Named, until: str | None = None) -> Scenario:
    """A scenario that may be named instead, with another last month if one is given."""
    known = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    return known if until is None else known.with_until(until)


def compare(
    reference: Scenario | Named,
    *variants: Scenario | Named,
    replicates: int = 20,
    key: int = 0,
    fixed: bool = False,
    both_ways: bool = True,
    until: str | None = None,
    scale: float = 1.0,
    grid: str = "250",
    posterior: Named | None = None,
    out: Named | None = None,
    workers: int | None = None,
) -> Comparison:
    """Variants against a reference, in runs that share every random draw.

    Parameters
    ----------
    reference : Scenario, str or path
    *variants : Scenario, str or path
    replicates : int
        How many pairs of runs.
    key : int
        Replicate key of the first pair.
    fixed : bool
        Keep uncertain parameters at their defaults; otherwise every second replicate
        has another draw of them.
    until : str, YYYY-MM, optional
        Another last month.
    scale : float
        Share of the population and of floor space, 0-1.
    grid : str
        ``250``, ``500`` or a CSV file.
    posterior : str or path, optional
        Gives the parameters that it holds: a draw of it for every second replicate.
    out : str or path, optional
        Folder of results; what it holds already is not computed again.
    workers : int, optional
        Number of processes; one for each core if not given.

    Raises
    ------
    InputError
        If a scenario, a number or the folder cannot be used.
    KeyboardInterrupt
        If it was stopped; what was computed stays in the folder.
    """
    found = [Variant(resolved(one)) for one in (reference, *variants)]
    if until is not None:
        found = [Variant(one.scenario.with_until(until)) for one in found]
    drawn = load_posterior(posterior)
    sampling = Sampling(replicates, key, fixed, str(grid), scale, drawn)
    folder = Path(out) if out is not None else compare_folder(found)
    runs = with_both_ways(found) if both_ways else found
    store, summary = run_variants(runs, sampling, folder, workers)
    if summary.stopped:
        raise KeyboardInterrupt(f"stopped; finished runs are kept in {folder}")
    return comparison_of(store, found, sampling)


def run_variants(
    variants: Sequence[Variant],
    sampling: Sampling,
    folder: Path,
    workers: int | None = None,
    watch: Watcher | None = None,
) -> tuple[Store, Summary]:
    """Run what a comparison needs and the folder does not hold yet.

    Returns
    -------
    Store
        The runs of this comparison that have an outcome.
    Summary
        What was computed.

    Raises
    ------
    InputError
        If a scenario, a number or the folder cannot be used.
    """
    requests = comparison_requests(variants, sampling)
    store = Store.create(folder)
    note_posterior(sampling.posterior, store)
    summary = run_all(requests, store, workers=workers, progress=watch)
    keys = {request.key for request in requests} - store.failed()
    return store.select(keys), summary


def with_both_ways(variants: Sequence[Variant]) -> list[Variant]:
    """Each variant, then each without an effect of knowledge on growth."""
    from experiments.comparison import without_knowledge  # It takes time to load.

    return [*variants, *(without_knowledge(one) for one in variants)]


def comparison_requests(
    variants: Sequence[Variant], sampling: Sampling
) -> list[RunRequest]:
    """The runs of a comparison.

    Raises
    ------
    InputError
        If there is nothing to compare, a variant is the reference itself, or the grid
        lacks the zone that comparisons look at.
    """
    from experiments.comparison import FOCUS  # It takes time to load.

    names = [variant.name for variant in variants]
    if len(names) < 2:
        fault = Fault("there is nothing to compare", allowed="a reference and variants")
        raise InputError([fault])
    if names[0] in names[1:]:
        fault = Fault("is compared with itself", key="scenario", value=names[0])
        raise InputError([fault])
    region = load_region(sampling.grid)
    if FOCUS not in {zone.id for zone in region.zones}:
        fault = Fault("has no such zone", sampling.grid, key="zone", value=FOCUS)
        raise InputError([fault])
    return requests_for(variants, sampling)


def comparison_of(
    store: Store, variants: Sequence[Variant], sampling: Sampling
) -> Comparison:
    """The first of the variants against the others."""
    from experiments.comparison import compare_store  # It takes time to load.

    reference, *others = dict.fromkeys(variant.name for variant in variants)
    scenarios = {variant.name: variant.scenario for variant in variants}
    region = load_region(sampling.grid)
    return compare_store(store, reference, others, scenarios, region)


def compare_folder(variants: Sequence[Variant]) -> Path:
    """Folder of a comparison that nobody named."""
    name = "-".join(["compare", *(variant.name for variant in variants)])
    if len(name) > _LONGEST_NAME:
        mark = hashlib.sha256(name.encode()).hexdigest()[:8]
        name = f"{name[:_LONGEST_NAME]}-{mark}"
    return RESULTS / name


def sweep(
    design: Design | Named,
    *,
    out: Named | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    shard: tuple[int, int] = (1, 1),
    until_precise: float | None = None,
    posterior: Named | None = None,
) -> Swept:
    """Run a design.

    Parameters
    ----------
    design : Design, str or path
        A design, a file, or the name of a shipped one.
    out : str or path, optional
        Folder of results; what it holds already is not computed again.
    workers : int, optional
        Number of processes; one for each core if not given.
    executor : Executor, optional
        Computes instead of processes of our own; it is not shut down.
    shard : (int, int)
        Which part of how many; a call without it gathers all of them.
    until_precise : float, optional
        Add replicates until the paired difference of the design's outcome is known to
        this share of itself (:mod:`experiments.precision`).

    posterior : str or path, optional
        Gives the parameters that it holds and the design does not vary.

    Returns
    -------
    Swept
        The folder: ``problem``, ``sample``, ``plan``, ``store``; figures are read by
        :func:`experiments.sweep.outcomes.outcomes`.

    Raises
    ------
    InputError
        If the design or the folder cannot be used.
    KeyboardInterrupt
        If it was stopped; what was computed stays in the folder.
    """
    from experiments.precision import Target  # They take time to load.
    from experiments.sweep.design import Design
    from experiments.sweep.folder import Swept
    from experiments.sweep.reading import read_design
    from experiments.sweep.running import Engine, run_sweep, run_until_precise

    found = design if isinstance(design, Design) else read_design(design)
    found = replace(found, posterior=load_posterior(posterior))
    folder = Path(out) if out is not None else sweep_folder(found)
    engine = Engine(workers, executor, shard)
    if until_precise is None:
        _, summary = run_sweep(found, folder, engine)
    else:
        target = Target(until_precise)
        _, summary, _ = run_until_precise(found, folder, target, engine)
    if summary.stopped:
        raise KeyboardInterrupt(f"stopped; finished runs are kept in {folder}")
    return Swept(folder)


def sweep_folder(design: Design) -> Path:
    """Folder of a sweep that nobody named."""
    return RESULTS / f"sweep-{design.name}"


def verify(
    folder: Named, sample: int | None = None, workers: int | None = None
) -> Verification:
    """Run the runs of a folder once more and compare bit by bit.

    Parameters
    ----------
    folder : str or path
        A folder of results.
    sample : int, optional
        How many runs; all if not given.
    workers : int, optional
        Number of processes; one for each core if not given.
    """
    return verify_store(Store(Path(folder)), sample, workers=workers)


def facts_of(store: Store, posterior: Posterior | None = None) -> dict[str, str]:
    """Versions and keys of the runs of a folder, for a report."""
    manifest = store.manifest
    facts = {name: str(text) for name, text in versions().items()}
    model = store.table("runs", ["model"])["model"].astype(str).unique()
    return {
        **facts,
        "commit": str(
            manifest["sessions"][-1]["commit"] if manifest["sessions"] else ""
        ),
        "model": ", ".join(text[:16] for text in model),
        "random numbers": str(manifest["scheme"]),
        "runs": f"{len(store.keys() & (store.only or store.keys()))}",
        **({"posterior": posterior.words} if posterior else {}),
    }
