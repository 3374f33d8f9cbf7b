"""One run: a request in, tables out, and nothing left in memory."""

from __future__ import annotations

import json
import os
import time
import traceback
from dataclasses import dataclass, field

import pyarrow as pa

from experiments.arrow import from_rows, outcome_tables
from experiments.keys import RunRequest, model_version
from experiments.programme import programme_id
from model.geography import load_region
from model.months import month_name
from model.outcome import Outcome
from model.simulation import MediaparkModel, release

DONE, FAILED = "done", "failed"


@dataclass(frozen=True)
class RunResult:
    """What came of a request.

    Attributes
    ----------
    request : RunRequest
    tables : dict of str to Table
        Rows of this run for each table of the store.
    seconds : float, s
        Time that it took.
    error : str
        What went wrong; empty where nothing did.
    """

    request: RunRequest
    tables: dict[str, pa.Table] = field(repr=False)
    seconds: float
    error: str = ""

    @property
    def failed(self) -> bool:
        """Whether there is no outcome."""
        return bool(self.error)


def simulate(request: RunRequest) -> Outcome:
    """Run a request.

    Parameters
    ----------
    request : RunRequest

    Returns
    -------
    Outcome
        The tables of the run.
    """
    model = MediaparkModel(
        request.scenario,
        rng=request.replicate,
        grid=request.grid,
        scale=request.scale,
    )
    try:
        return model.run_model()
    finally:
        release(model)


def execute(request: RunRequest) -> RunResult:
    """Run a request; what goes wrong becomes a result as well."""
    started = time.perf_counter()
    try:
        tables = outcome_tables(simulate(request), request.key)
    # Whatever a run stumbles over, the other runs of the experiment go on: the error
    # becomes a row with its traceback and the command that repeats it.
    except Exception as error:  # noqa: BLE001
        text = f"{type(error).__name__}: {error}"
        return failure(request, text, traceback.format_exc())
    seconds = time.perf_counter() - started
    return RunResult(request, {**tables, **_facts(request, seconds)}, seconds)


def failure(request: RunRequest, error: str, trace: str = "") -> RunResult:
    """The result of a run that gave none."""
    row = {
        "run": request.key,
        "scenario": request.name,
        "replicate": request.replicate,
        "error": error,
        "traceback": trace,
        "parameters": json.dumps(dict(request.scenario.given)),
        "command": request.command,
    }
    tables = {
        "failures": from_rows("failures", [row]),
        "runs": run_rows([request], FAILED),
    }
    return RunResult(request, tables, 0.0, error)


def run_rows(requests: list[RunRequest], status: str = DONE) -> pa.Table:
    """Rows of the table ``runs``."""
    return from_rows("runs", [_run_row(request, status) for request in requests])


def _run_row(request: RunRequest, status: str) -> dict[str, object]:
    scenario = request.scenario
    region = load_region(request.grid)
    return {
        "run": request.key,
        "scenario": request.name,
        "replicate": request.replicate,
        "draw": request.draw,
        "status": status,
        "grid": region.name,
        "scale": request.scale,
        "start": month_name(scenario.start),
        "until": month_name(scenario.until),
        "months": scenario.months,
        "fingerprint": scenario.fingerprint,
        "region": region.fingerprint,
        "programme": programme_id(scenario),
        "model": model_version(),
    }


def _facts(request: RunRequest, seconds: float) -> dict[str, pa.Table]:
    given = request.scenario.given
    values = [
        {"run": request.key, "parameter": name, "value": given[name]} for name in given
    ]
    timing = {"run": request.key, "seconds": seconds, "worker": os.getpid()}
    return {
        "parameters": from_rows("parameters", values),
        "timings": from_rows("timings", [timing]),
        "runs": run_rows([request]),
    }
