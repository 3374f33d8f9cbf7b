"""The front door: the simulation of Brussels' media city in a few verbs.

::

    import mediapark as mp

    outcome = mp.run("full-plan", key=0)
    outcome.indicators
    comparison = mp.compare("reference", "committed", "full-plan", replicates=20)

Names are loaded when they are used first, so that ``mediapark --help`` need not wait
for the model.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from calibration.estimates import Estimates, estimates
    from calibration.priors import Prior, read_priors
    from calibration.survey.reading import Survey, read_survey
    from experiments.comparison import Comparison
    from experiments.draws import draw_parameters
    from experiments.keys import RunRequest
    from experiments.runner import run_all
    from experiments.store import Store
    from experiments.sweep.design import Design
    from experiments.sweep.folder import Swept
    from experiments.sweep.outcomes import outcomes
    from experiments.sweep.reading import read_design
    from experiments.verify import Verification
    from mediapark.analyses import bundle, function, query, robust, sensitivity
    from mediapark.api import compare, load_scenario, run, sweep, verify
    from mediapark.fits import calibrate, validate
    from model.agents import Community, Employee, Firm, Freelancer
    from model.errors import InputError, MediaparkError, ModelError
    from model.indicators import INDICATORS
    from model.outcome import Outcome
    from model.scenario import Scenario, explain
    from model.simulation import CATALOGUE, SCHEDULE, MediaparkModel

_HOMES = {
    "calibration.estimates": ("Estimates", "estimates"),
    "calibration.priors": ("Prior", "read_priors"),
    "calibration.survey.reading": ("Survey", "read_survey"),
    "mediapark.analyses": ("bundle", "function", "query", "robust", "sensitivity"),
    "mediapark.fits": ("calibrate", "validate"),
    "mediapark.api": ("compare", "load_scenario", "run", "sweep", "verify"),
    "model.simulation": ("CATALOGUE", "SCHEDULE", "MediaparkModel"),
    "model.agents": ("Community", "Employee", "Firm", "Freelancer"),
    "model.errors": ("InputError", "MediaparkError", "ModelError"),
    "model.indicators": ("INDICATORS",),
    "model.outcome": ("Outcome",),
    "model.scenario": ("Scenario", "explain"),
    "experiments.comparison": ("Comparison",),
    "experiments.draws": ("draw_parameters",),
    "experiments.keys": ("RunRequest",),
    "experiments.runner": ("run_all",),
    "experiments.store": ("Store",),
    "experiments.sweep.design": ("Design",),
    "experiments.sweep.folder": ("Swept",),
    "experiments.sweep.outcomes": ("outcomes",),
    "experiments.sweep.reading": ("read_design",),
    "experiments.verify": ("Verification",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

try:
    __version__ = version("mediapark")
except PackageNotFoundError:  # Used from a folder of sources.
    __version__ = "unknown"

__all__ = [
    "CATALOGUE",
    "INDICATORS",
    "SCHEDULE",
    "Community",
    "Comparison",
    "Design",
    "Employee",
    "Estimates",
    "Firm",
    "Freelancer",
    "InputError",
    "MediaparkError",
    "MediaparkModel",
    "ModelError",
    "Outcome",
    "Prior",
    "RunRequest",
    "Scenario",
    "Store",
    "Survey",
    "Swept",
    "Verification",
    "__version__",
    "bundle",
    "calibrate",
    "compare",
    "draw_parameters",
    "estimates",
    "explain",
    "function",
    "load_scenario",
    "outcomes",
    "query",
    "read_design",
    "read_priors",
    "read_survey",
    "robust",
    "run",
    "run_all",
    "sensitivity",
    "sweep",
    "validate",
    "verify",
]


def __getattr__(name: str) -> Any:
    """Load a public name from where it lives."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'mediapark' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Public names."""
    return sorted(__all__)
