"""What nobody knows is varied, never hidden.

Each uncertain or calibrated parameter is drawn from a triangular distribution over its
plausible range with the peak at its default. A draw depends on its number and on the
parameter's name alone: one parameter more changes no other, and all scenarios of a
replicate share the same. Where a posterior is given, its parameters come from there,
jointly. Two replicates in a row share a draw, so that an analysis of
variance can tell what parameters do to a difference from what chance does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from experiments.keys import NO_DRAW, RunRequest
from experiments.posterior import Posterior
from model import streams
from model.errors import Fault, InputError
from model.geography import load_region
from model.parameters import Catalogue, Parameter
from model.refusals import refuse_places_off_the_grid
from model.scenario import Scenario
from model.simulation import CATALOGUE

SEEDS_PER_DRAW = 2
LARGEST_KEY = 2**64 - 1


@dataclass(frozen=True)
class Variant:
    """A scenario that takes part in an experiment.

    Attributes
    ----------
    scenario : Scenario
    arguments : tuple of str
        What names it on the command line, options included.
    label : str
        Name under which its runs stand in tables; the scenario's own if empty.
    """

    scenario: Scenario
    arguments: tuple[str, ...] = ()
    label: str = ""

    @property
    def name(self) -> str:
        """Name under which its runs stand in tables."""
        return self.label or self.scenario.name


@dataclass(frozen=True)
class Sampling:
    """Which replicates are run, and on what ground.

    Attributes
    ----------
    replicates : int
        How many.
    first : int
        Replicate key of the first one.
    fixed : bool
        Whether all parameters stay at their defaults.
    grid : str
        ``250``, ``500`` or a CSV file.
    scale : float
        Share of the population and of floor space, 0-1.
    posterior : Posterior or None
        Where the parameters that it holds are drawn from, instead of their ranges;
        with ``fixed``, its median draw.
    """

    replicates: int = 20
    first: int = 0
    fixed: bool = False
    grid: str = "250"
    scale: float = 1.0
    posterior: Posterior | None = None


def draw_of(replicate: int) -> int:
    """Number of the draw that a replicate uses."""
    return replicate // SEEDS_PER_DRAW


def draw_parameters(
    index: int, catalogue: Catalogue = CATALOGUE, keep: Collection[str] = ()
) -> dict[str, float]:
    """Values of one draw, by dotted name.

    Parameters
    ----------
    index : int
        Number of the draw.
    catalogue : Catalogue
        Declared parameters.
    keep : collection of str
        Names that are not drawn: their values are given.
    """
    return {
        declared.name: _drawn(index, declared.name, declared.parameter)
        for declared in catalogue.with_role("uncertain", "calibrated")
        if declared.name not in keep
    }


def _drawn(index: int, name: str, parameter: Parameter) -> float:
    low, high = parameter.plausible
    address = streams.named_address(name)
    u = streams.uniform(np.uint64(index), streams.PARAMETER, 0, address, 0)
    value = float(streams.triangular(u, low, parameter.default, high))
    # Rounding of the last digit may lead out of the range.
    value = min(max(value, low), high)
    return float(round(value)) if parameter.integer else value


def with_draw(
    scenario: Scenario, index: int, posterior: Posterior | None = None
) -> Scenario:
    """A scenario with drawn parameters; those that it gives itself are kept.

    Parameters
    ----------
    scenario : Scenario
    index : int
        Number of the draw; :data:`NO_DRAW` takes the median draw of the posterior and
        leaves all else where it is.
    posterior : Posterior, optional
    """
    written = {*scenario.given, *scenario.origins}
    if index == NO_DRAW:
        if posterior is None:
            return scenario
        source = _median_of(posterior)
        return scenario.with_parameters(posterior.median(written), source=source)
    values = draw_parameters(index, CATALOGUE, written)
    source = f"draw {index}"
    if posterior is not None:
        values |= posterior.draw(index, written)
        source += f", posterior {posterior.name}"
    return scenario.with_parameters(values, source=source)


def _median_of(posterior: Posterior) -> str:
    return f"posterior {posterior.name}, median draw"


def redrawn(scenario: Scenario, index: int, posterior: Posterior) -> Scenario:
    """A scenario at a posterior's median draw, at another draw.

    Parameters
    ----------
    scenario : Scenario
        Made by :func:`with_draw`; levers may have changed since.
    index : int
        Number of the draw.
    posterior : Posterior
    """
    source = _median_of(posterior)
    origins = {name: scenario.origins.get(name) for name in posterior.names}
    given = [name for name, of in origins.items() if of is None or of.file != source]
    values = posterior.draw(index, given)
    source = f"draw {index}, posterior {posterior.name}"
    return scenario.with_parameters(values, source=source)


def request_for(variant: Variant, replicate: int, sampling: Sampling) -> RunRequest:
    """The request of one replicate of one scenario."""
    draw = NO_DRAW if sampling.fixed else draw_of(replicate)
    scenario = variant.scenario
    return RunRequest(
        scenario=with_draw(scenario, draw, sampling.posterior),
        replicate=replicate,
        draw=draw,
        grid=sampling.grid,
        scale=sampling.scale,
        label=variant.name,
        arguments=arguments_of(variant, sampling.posterior),
    )


def arguments_of(variant: Variant, posterior: Posterior | None) -> tuple[str, ...]:
    """What names a variant on the command line, with the posterior it is run under."""
    if posterior is None:
        return variant.arguments
    named = variant.arguments or (variant.scenario.name,)
    return (*named, "--posterior", posterior.place)


def requests_for(
    variants: Iterable[Variant | Scenario], sampling: Sampling
) -> list[RunRequest]:
    """All runs of an experiment: every scenario of a replicate before the next one.

    Raises
    ------
    InputError
        If two scenarios that differ bear the same name, a number is out of range, or
        a lever points at a place that the grid does not hold.
    """
    known = [v if isinstance(v, Variant) else Variant(v) for v in variants]
    faults = [*_sampling_faults(sampling), *_name_faults(known)]
    faults += _place_faults(known, sampling.grid)
    if faults:
        raise InputError(faults)
    distinct = {variant.name: variant for variant in known}.values()
    replicates = range(sampling.first, sampling.first + sampling.replicates)
    return [
        request_for(variant, replicate, sampling)
        for replicate in replicates
        for variant in distinct
    ]


def _sampling_faults(sampling: Sampling) -> Iterable[Fault]:
    if sampling.replicates < 1:
        yield Fault(
            "is too small", "--replicates", value=sampling.replicates, allowed="1 up"
        )
    last = sampling.first + sampling.replicates - 1
    if sampling.first < 0 or last > LARGEST_KEY:
        allowed = "whole numbers from 0 to 2**64 - 1"
        yield Fault("is out of range", "--key", value=sampling.first, allowed=allowed)
    if not 0.0 < sampling.scale <= 1.0:
        allowed = "more than 0, at most 1"
        yield Fault("is out of range", "--scale", value=sampling.scale, allowed=allowed)


def _place_faults(variants: Iterable[Variant], grid: str) -> Iterable[Fault]:
    region = load_region(grid)
    for variant in variants:
        try:
            refuse_places_off_the_grid(variant.scenario, region)
        except InputError as error:
            yield from error.faults


def _name_faults(variants: Iterable[Variant]) -> Iterable[Fault]:
    seen: dict[str, str] = {}
    for variant in variants:
        print_of = seen.setdefault(variant.name, variant.scenario.fingerprint)
        if print_of != variant.scenario.fingerprint:
            allowed = "another name for one of them"
            yield Fault(
                "two scenarios that differ bear the same name",
                key="name", value=variant.name, allowed=allowed,
            )  # fmt: skip
