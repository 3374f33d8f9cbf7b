"""A run as a plain function of its parameters, for tools that bring their own sampler.

::

    jobs = RunFunction(scenario, ["jobs:reyers"], against=reference, until="2030-12")
    jobs({"site.rent": -2.0})               # {"jobs:reyers": 123.0}
    jobs(site__rent=-2.0)                   # the same, as EMA workbench calls it
    jobs.matrix(problem, x)                 # SALib: float64[points, outcomes]
    jobs.ema_model()                        # an ema_workbench.Model
    pyabc.ABCSMC(jobs, prior, ...)          # pyABC calls it with a mapping

The replicate key is the only source of randomness. It is given when the function is
made, or with each call as ``seed``; with ``key=None`` it is made from the parameters,
so that every set of them has luck of its own and the same luck whenever it is asked,
which is what samplers of a posterior need.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from experiments.draws import Sampling, Variant, requests_for
from experiments.factors import SEED, Problem, factors_with_role
from experiments.simulate import simulate
from model import streams
from model.errors import Fault, InputError, nearest
from model.indicators import INDICATORS, REGION
from model.outcome import Outcome
from model.scenario import Scenario
from model.simulation import CATALOGUE

Floats = NDArray[np.float64]
_DOT: Final = "__"
_ZONE: Final = ":"
_FOCUS: Final = "reyers"
_ALL: Final = "all"


@dataclass(frozen=True)
class RunFunction:
    """A scenario that can be called.

    Attributes
    ----------
    scenario : Scenario
        Resolved; what a call gives is laid over its parameters.
    outcomes : sequence of str
        ``indicator:zone`` at the end of the last month; without a zone, at Reyers.
    against : Scenario or None
        Its value, in the run that shares every draw, is taken off.
    key : int or None
        Replicate key of the first replicate; None: made from the parameters.
    replicates : int
        Runs of a call; outcomes are their means.
    grid : str
    scale : float

    Raises
    ------
    InputError
        If an outcome is unknown.
    """

    scenario: Scenario
    outcomes: Sequence[str] = ("jobs:reyers",)
    against: Scenario | None = None
    key: int | None = 0
    replicates: int = 1
    grid: str = "250"
    scale: float = 1.0

    def __post_init__(self) -> None:
        names = tuple(INDICATORS)
        unknown = [one for one in self.outcomes if _split(one)[0] not in INDICATORS]
        if unknown:
            raise InputError(
                [
                    Fault(
                        "is an unknown indicator", key="outcomes", value=one,
                        nearest=nearest(_split(one)[0], names),
                    )
                    for one in unknown
                ]
            )  # fmt: skip

    def __call__(
        self, parameters: Mapping[str, float] | None = None, /, **named: float
    ) -> dict[str, float]:
        """Outcomes of a set of parameters.

        Parameters
        ----------
        parameters : mapping of str to float, optional
            Dotted names; ``seed`` is the replicate key.
        **named : float
            The same, with ``__`` for the dot.

        Raises
        ------
        InputError
            With one fault for each unknown name or refused value.
        """
        given = {**(parameters or {}), **named}
        values = {name.replace(_DOT, "."): float(v) for name, v in given.items()}
        seed = values.pop(SEED, None)
        first = self._first_key(values) if seed is None else int(seed)
        value = self._mean(self.scenario, values, first)
        if self.against is not None:
            value = value - self._mean(self.against, values, first)
        return dict(zip(self.outcomes, value.tolist(), strict=True))

    def _first_key(self, values: Mapping[str, float]) -> int:
        if self.key is not None:
            return self.key
        return streams.named_address(repr(sorted(values.items()))) // 2

    def _mean(self, scenario: Scenario, values: dict[str, float], first: int) -> Floats:
        given = scenario.with_parameters(values, "call")
        sampling = Sampling(self.replicates, first, True, self.grid, self.scale)
        runs = [
            self._of(simulate(request))
            for request in requests_for([Variant(given)], sampling)
        ]
        mean: Floats = np.mean(runs, axis=0)
        return mean

    def _of(self, outcome: Outcome) -> Floats:
        table = outcome.indicators
        last = table[
            (table["month"] == table["month"].iloc[-1]) & (table["subsector"] == _ALL)
        ]
        values = {
            (str(i), str(z)): float(v)
            for i, z, v in zip(
                last["indicator"], last["zone"], last["value"], strict=True
            )
        }
        wanted = [_split(one) for one in self.outcomes]
        missing = [one for one in wanted if one not in values]
        if missing:
            raise InputError(
                [
                    Fault(
                        f"is not told for '{zone}'", key="outcomes", value=indicator,
                        allowed=f"a zone of the grid, or {REGION}",
                    )
                    for indicator, zone in missing
                ]
            )  # fmt: skip
        return np.array([values[one] for one in wanted])

    def matrix(self, problem: Problem, x: Floats) -> Floats:
        """Outcomes of many points, as SALib wants them.

        Parameters
        ----------
        problem : Problem
            Its factors are parameters, or ``seed``.
        x : float64[points, factors]
            As a sampler of SALib drew them for ``problem.salib()``.

        Returns
        -------
        float64[points, outcomes]
        """
        rows = [
            list(self(dict(zip(problem.names, point, strict=True))).values())
            for point in problem.decode(x).tolist()
        ]
        return np.array(rows)

    def ema_model(self, problem: Problem | None = None, name: str = "mediapark") -> Any:
        """The function as a model of EMA workbench.

        Parameters
        ----------
        problem : Problem, optional
            The uncertainties; all uncertain parameters if not given.
        name : str
            Letters and digits.

        Raises
        ------
        InputError
            If ``ema_workbench`` is not installed (extra ``robust``).
        """
        try:
            from ema_workbench import (
                IntegerParameter,
                Model,
                RealParameter,
                ScalarOutcome,
            )
        except ImportError:
            allowed = "pip install 'mediapark[robust]'"
            fault = Fault("ema_workbench is not installed", allowed=allowed)
            raise InputError([fault]) from None
        model = Model(name, function=self._named)
        factors = problem.factors if problem else factors_with_role()
        model.uncertainties = [
            IntegerParameter(identifier(f.name), int(f.low), int(f.high))
            if f.kind == "integer"
            else RealParameter(identifier(f.name), f.low, f.high)
            for f in factors
            if f.name in CATALOGUE or f.name == SEED
        ]
        model.outcomes = [ScalarOutcome(identifier(one)) for one in self.outcomes]
        return model

    def _named(self, **named: float) -> dict[str, float]:
        return {identifier(k): v for k, v in self(**named).items()}


def identifier(name: str) -> str:
    """A name as Python knows it: ``site.rent`` becomes ``site__rent``."""
    return re.sub(r"\W", "_", name.replace(".", _DOT))


def _split(outcome: str) -> tuple[str, str]:
    indicator, _, zone = outcome.partition(_ZONE)
    return indicator, zone or _FOCUS
