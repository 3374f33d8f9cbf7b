"""Runs what a folder says that it holds once more, and compares bit by bit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, TypeAlias

import pandas as pd

from experiments import pool
from experiments.arrow import first_difference
from experiments.keys import RunRequest, model_version
from experiments.simulate import RunResult
from experiments.store import Store
from experiments.writer import RUNS
from model.errors import Fault, ScenarioError, StoreError
from model.geography import load_region
from model.geography.loading import GRIDS
from model.scenario import Scenario, read_scenario
from model.simulation import vocabulary


@dataclass(frozen=True)
class Difference:
    """Something that did not come out as it stands in the folder.

    Attributes
    ----------
    run, scenario : str
        Key and name.
    replicate : int
        Replicate key.
    table : str
        The table; ``runs`` where there was nothing to compare.
    where : str
        Row, column and both values, or what went wrong.
    """

    run: str
    scenario: str
    replicate: int
    table: str
    where: str

    def __str__(self) -> str:
        """One line: the run, the table and the place."""
        run = f"{self.scenario}, replicate {self.replicate} ({self.run})"
        return f"{run}: {self.table}: {self.where}"


@dataclass(frozen=True)
class Verification:
    """What came of running again.

    Attributes
    ----------
    checked, total : int
        Runs that were run again, and finished runs in the folder.
    differences : tuple of Difference
        The first one of each run that differs.
    same_model : bool
        Whether this model is the one that made the runs; if not, nobody can expect
        them to agree.
    """

    checked: int
    total: int
    differences: tuple[Difference, ...]
    same_model: bool

    @property
    def agrees(self) -> bool:
        """Whether every run came out the same."""
        return not self.differences


Watcher: TypeAlias = Callable[[int, int], None]


def verify_store(
    store: Store,
    sample: int | None = None,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Watcher | None = None,
) -> Verification:
    """Run a folder's runs, or some of them, once more.

    Parameters
    ----------
    store : Store
    sample : int, optional
        How many runs, spread as their keys are; all if not given.
    workers : int, optional
        Number of processes; one for each core if not given.
    executor : Executor, optional
        Computes instead of processes of our own.
    progress : callable, optional
        Is told how many runs are checked, and how many will be.

    Raises
    ------
    StoreError
        If the folder cannot be read, or lacks what a run needs.
    """
    runs = store.table(RUNS).astype({"run": str})
    runs = runs[runs["status"] == "done"].drop_duplicates("run").sort_values("run")
    chosen = runs if sample is None else runs.head(max(sample, 0))
    again = list(requests_again(store, chosen))
    rows = dict(zip((r.key for r in again), chosen.to_dict("records"), strict=True))
    homes = store.shard_of()
    found: list[Difference] = []
    for count, result in enumerate(pool.results(again, _never, workers, executor), 1):
        row = rows[result.request.key]
        difference = _difference(store, homes, row, result)
        if difference is not None:
            found.append(difference)
        if progress is not None:
            progress(count, len(again))
    same = bool((chosen["model"].astype(str) == model_version()).all())
    return Verification(len(again), len(runs), tuple(found), same)


def _never() -> bool:
    return False


def requests_again(store: Store, runs: pd.DataFrame) -> Iterator[RunRequest]:
    """The requests that rows of ``runs`` came from, made from the folder alone."""
    names = vocabulary()
    programmes: dict[str, Scenario] = {}
    given = _parameters(store)
    for row in runs.to_dict("records"):
        programme = str(row["programme"])
        if programme not in programmes:
            path = store.folder / "scenarios" / f"{programme}.yaml"
            programmes[programme] = read_scenario(path, names)
        scenario = programmes[programme].with_parameters(given.get(row["run"], {}))
        if scenario.fingerprint != row["fingerprint"]:
            raise ScenarioError([_changed(store, row)])
        yield RunRequest(
            scenario=scenario,
            replicate=int(row["replicate"]),
            draw=int(row["draw"]),
            grid=_grid(store, str(row["grid"]), str(row["region"])),
            scale=float(row["scale"]),
            label=str(row["scenario"]),
        )


def _changed(store: Store, row: Mapping[Any, Any]) -> Fault:
    path = store.folder / "scenarios" / f"{row['programme']}.yaml"
    if row["model"] == model_version():
        problem = "is not the scenario that was run"
    else:
        problem = "was run by a version of the model with other parameters"
    return Fault(problem, str(path), key="run", value=row["run"])


def _parameters(store: Store) -> Mapping[str, dict[str, float]]:
    table = store.table("parameters")
    found: dict[str, dict[str, float]] = {}
    columns = (table[name].tolist() for name in ("run", "parameter", "value"))
    for run, name, value in zip(*columns, strict=True):
        found.setdefault(run, {})[name] = value
    return found


def _grid(store: Store, name: str, fingerprint: str) -> str:
    kept = store.folder / "grids" / f"{fingerprint}.csv"
    grid = str(kept) if kept.exists() else name
    if grid not in GRIDS and not kept.exists():
        raise StoreError([Fault("the grid of the runs is missing", str(kept))])
    if load_region(grid).fingerprint != fingerprint:
        problem = "the tables of the region are not those of the runs"
        raise StoreError([Fault(problem, str(store.folder), key="grid", value=name)])
    return grid


def _difference(
    store: Store, homes: Mapping[str, str], row: Mapping[Any, Any], result: RunResult
) -> Difference | None:
    place = str(row["run"]), str(row["scenario"]), int(row["replicate"])
    if result.failed:
        return Difference(*place, RUNS, f"fails now: {result.error}")
    stored = store.tables_of(place[0], homes[place[0]])
    for name, table in stored.items():
        new = result.tables[name].drop_columns("run")
        where = first_difference(table.drop_columns("run"), new)
        if where:
            return Difference(*place, name, where)
    return None
