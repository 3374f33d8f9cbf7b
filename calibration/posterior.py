"""The posterior as files: draws with weights, and a manifest of all they rest on.

``draws.csv`` has one row for each draw and one column for each free parameter, and the
weight; ``manifest.json`` says from which priors, targets, ground and versions, how it
went, and whether any of it is synthetic. Whoever compares, runs or sweeps reads them
through ``experiments.posterior``: the two floors meet in these files only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pandas as pd

from calibration.abc_smc import Sampled
from calibration.history_matching import Matched
from calibration.targets import Targets
from model.simulation import CATALOGUE
from model.version import model_version

FORMAT: Final = "mediapark-posterior/1"
DRAWS: Final = "draws.csv"
MANIFEST: Final = "manifest.json"
WEIGHT: Final = "weight"


def write_posterior(
    folder: Path, name: str, matched: Matched, sampled: Sampled,
    about: tuple[Targets, Mapping[str, Any]],
) -> Path:  # fmt: skip
    """Write the draws and their manifest.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    name : str
    matched : Matched
    sampled : Sampled
    about : (Targets, mapping)
        All targets, and settings and timings for the manifest.

    Returns
    -------
    Path
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    belief = matched.problem.belief
    table = pd.DataFrame(sampled.points, columns=list(belief.names))
    table[WEIGHT] = sampled.weights
    table.to_csv(folder / DRAWS, index=False, float_format="%.10g", lineterminator="\n")
    manifest = _manifest(name, matched, sampled, *about)
    text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    return folder


def _manifest(
    name: str, matched: Matched, sampled: Sampled, targets: Targets,
    settings: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    problem = matched.problem
    return {
        "format": FORMAT,
        "name": name,
        "synthetic": problem.belief.synthetic,
        "model": model_version(),
        "ground": asdict(problem.ground),
        "replicate": problem.key,
        "by": "emulators" if settings["emulated"] else "ABC-SMC",
        "settings": dict(settings),
        "priors": [
            {**asdict(prior), "unit": CATALOGUE[prior.parameter].unit}
            for prior in problem.belief.priors
        ],
        "fitted": [
            {
                "id": target.id, "value": target.value, "error": target.error,
                "luck": float(luck) ** 0.5, "source": list(target.source),
            }
            for target, luck in zip(problem.targets, problem.luck, strict=True)
        ],
        "held out": [target.id for target in targets.of("held out")],
        "waves": [
            {"trials": len(wave.points), "prior left": wave.left}
            for wave in matched.waves
        ],
        "generations": list(sampled.generations),
        "draws": len(sampled.points),
        "effective draws": sampled.effective,
    }  # fmt: skip
