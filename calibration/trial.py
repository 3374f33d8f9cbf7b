"""One trial: a point of parameters, one run, its summaries."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from calibration.experiment import MEASURED, anchor_effects, scenarios
from calibration.summaries import SUMMARIES, Seen, summaries_of
from model.errors import ModelError
from model.geography import load_region
from model.scenario import Scenario, read_scenario
from model.simulation import CATALOGUE, MediaparkModel, release, vocabulary
from model.version import model_version

Point = Mapping[str, float]
_MEASURED_BY = (
    "measures.py", "experiment.py", "summaries/base_state.py", "summaries/moves.py",
    "summaries/people.py", "summaries/declared.py",
)  # fmt: skip


def free_parameters() -> tuple[str, ...]:
    """Names of the parameters that calibration sets free, in order."""
    return tuple(one.name for one in CATALOGUE.with_role("calibrated"))


@dataclass(frozen=True)
class Ground:
    """What every trial of a calibration shares.

    Attributes
    ----------
    scenario : str
        Name of the scenario: what has really happened.
    until : str, YYYY-MM
        Last month.
    scale : float
        Share of the population and of floor space, 0-1.
    grid : str
        ``250``, ``500`` or a CSV file.
    """

    scenario: str = "committed"
    until: str = "2021-12"
    scale: float = 1.0
    grid: str = "250"

    def at(self, point: Point) -> Scenario:
        """The scenario at a point."""
        plain = _scenario(self.scenario, self.until)
        return plain.with_parameters(dict(point), source="calibration")


@dataclass(frozen=True)
class Trial:
    """A point with a replicate key.

    Attributes
    ----------
    point : mapping of str to float
        Values of free parameters; the others stand at their defaults.
    replicate : int
        Replicate key: trials that share it share every draw.
    ground : Ground
    anchor : bool
        Whether the virtual experiment is run, instead of the ground's scenario.
    """

    point: Point
    replicate: int
    ground: Ground
    anchor: bool = False

    @property
    def key(self) -> str:
        """What it is known by, 32 hexadecimal digits: never computed twice."""
        ground = self.ground
        contents = self.pair if self.anchor else (ground.at(self.point),)
        facts = {
            "scenarios": [one.fingerprint for one in contents],
            "region": load_region(ground.grid).fingerprint,
            "replicate": self.replicate,
            "scale": float(ground.scale),
            "model": model_version(),
            "measures": _measures_version(),
        }
        text = json.dumps(facts, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def pair(self) -> tuple[Scenario, Scenario]:
        """Scenarios of the virtual experiment at the point."""
        without, with_it = (
            one.with_parameters(dict(self.point), source="calibration")
            for one in _pair()
        )
        return without, with_it


@dataclass(frozen=True)
class Result:
    """What came of a trial.

    Attributes
    ----------
    summaries : dict of str to float
        By name; NaN where a run does not tell.
    seconds : float, s
    error : str
        Why there are no summaries; empty where there are.
    """

    summaries: dict[str, float]
    seconds: float
    error: str = ""


def run_trial(trial: Trial) -> Result:
    """Run a trial; a broken law of the model is a result as well."""
    started = time.perf_counter()
    try:
        found = _measured(trial)
    except ModelError as error:
        names = MEASURED if trial.anchor else tuple(SUMMARIES)
        nothing = dict.fromkeys(names, float("nan"))
        return Result(nothing, time.perf_counter() - started, str(error))
    return Result(found, time.perf_counter() - started)


def _measured(trial: Trial) -> dict[str, float]:
    ground = trial.ground
    if trial.anchor:
        pair = trial.pair
        return anchor_effects(pair, trial.replicate, ground.grid, ground.scale)
    model = MediaparkModel(
        ground.at(trial.point), trial.replicate, grid=ground.grid, scale=ground.scale
    )
    try:
        return summaries_of(Seen(model, model.run_model()))
    finally:
        release(model)


@cache
def _pair() -> tuple[Scenario, Scenario]:
    return scenarios()


@cache
def _scenario(name: str, until: str) -> Scenario:
    return read_scenario(name, vocabulary()).with_until(until)


@cache
def _measures_version() -> str:
    digest = hashlib.sha256()
    for name in _MEASURED_BY:
        digest.update((resources.files("calibration") / name).read_bytes())
    return digest.hexdigest()
