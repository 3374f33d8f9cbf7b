"""A calibration from beginning to end, in a folder that can be taken up again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import pandas as pd

from calibration.abc_parts import refuse_without_pyabc
from calibration.abc_smc import Sampled, sample_posterior
from calibration.belief import Belief
from calibration.emulated import emulated_posterior, evenly
from calibration.history_matching import Matched, match
from calibration.laboratory import Laboratory
from calibration.posterior import write_posterior
from calibration.problem import Problem, measure_luck
from calibration.targets import Targets
from calibration.trial import Ground
from model.errors import Fault, StoreError
from model.version import model_version

PLAN: Final = "plan.json"
POSTERIOR: Final = "posterior"
WAVES: Final = "waves.csv"


@dataclass(frozen=True)
class Settings:
    """How much is spent.

    Attributes
    ----------
    ground : Ground
    key : int
        Replicate key of all trials.
    luck_keys : int
        Replicate keys by which the luck of runs is measured.
    waves, points : int
        Waves of history matching, and trials of each.
    particles : int
        Draws of a generation, and so of the posterior.
    emulated : bool
        Whether the posterior is that of the emulators after the last wave, instead of
        ABC-SMC: as many draws, some hundred trials, and no pyABC.
    """

    ground: Ground = field(default_factory=Ground)
    key: int = 0
    luck_keys: int = 10
    waves: int = 3
    points: int = 120
    particles: int = 200
    emulated: bool = False


FULL: Final = Settings()
REDUCED: Final = Settings(Ground(until="2020-12"), 0, 8, 2, 90, 100)
QUICK: Final = Settings(Ground(until="2018-12", scale=0.25), 0, 4, 1, 70, 12)


@dataclass(frozen=True)
class Fitted:
    """A calibration that has ended.

    Attributes
    ----------
    matched : Matched
    sampled : Sampled
    folder : Path
        Of the posterior.
    """

    matched: Matched
    sampled: Sampled
    folder: Path


def fit(
    belief: Belief, targets: Targets, settings: Settings, laboratory: Laboratory,
    places: tuple[Path, Path],
) -> Fitted:  # fmt: skip
    """Measure luck, discard in waves, sample, and write the posterior.

    Parameters
    ----------
    belief : Belief
    targets : Targets
    settings : Settings
    laboratory : Laboratory
    places : (Path, Path)
        The working folder, whose ledger the laboratory holds, and the folder of the
        posterior; its name is the posterior's.

    Returns
    -------
    Fitted

    Raises
    ------
    InputError
        If pyABC is not installed, or the working folder holds another calibration.
    """
    if not settings.emulated:
        refuse_without_pyabc()
    work, out = places
    keep_plan(work, belief, targets, settings)
    ground, fitted = settings.ground, targets.fitted
    keys = range(settings.key, settings.key + settings.luck_keys)
    luck = measure_luck(belief, fitted, laboratory, ground, keys)
    problem = Problem(belief, fitted, ground, settings.key, luck)
    matched = match(problem, laboratory, settings.waves, settings.points)
    _write_waves(matched, work)
    if settings.emulated:
        sampled = evenly(emulated_posterior(matched), settings.particles)
    else:
        sampled = sample_posterior(matched, laboratory, work, settings.particles)
    spent = {**asdict(settings), "trials": len(laboratory.ledger)}
    write_posterior(out, out.name, matched, sampled, (targets, spent))
    return Fitted(matched, sampled, out)


def keep_plan(
    folder: Path, belief: Belief, targets: Targets, settings: Settings
) -> None:
    """Write down what the folder is for, or refuse one that is for something else.

    Raises
    ------
    StoreError
        If it holds another calibration.
    """
    facts: Mapping[str, Any] = {
        # Trials are the same whichever way the posterior is drawn.
        "settings": {k: v for k, v in asdict(settings).items() if k != "emulated"},
        "priors": [asdict(prior) for prior in belief.priors],
        "targets": [asdict(target) for target in targets.fitted],
        "model": model_version(),
    }
    text = json.dumps(facts, indent=2, sort_keys=True)
    path = folder / PLAN
    folder.mkdir(parents=True, exist_ok=True)
    if path.exists() and _digest(path.read_text("utf-8")) != _digest(text):
        allowed = "another folder, or the settings, priors, targets and model of before"
        fault = Fault("holds another calibration", str(folder), allowed=allowed)
        raise StoreError([fault])
    path.write_text(text, encoding="utf-8")


def _digest(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()


def _write_waves(matched: Matched, folder: Path) -> None:
    """Points and figures of all waves, with what each left."""
    problem = matched.problem
    parts = []
    for number, wave in enumerate(matched.waves, 1):
        table = pd.DataFrame(wave.points, columns=list(problem.belief.names))
        names = [target.summary for target in problem.targets]
        figures = pd.DataFrame(wave.figures, columns=names)
        part = pd.concat([table, figures], axis=1)
        part.insert(0, "wave", number)
        parts.append(part.assign(prior_left=wave.left))
    table = pd.concat(parts)
    table.to_csv(folder / WAVES, index=False, float_format="%.8g", lineterminator="\n")
