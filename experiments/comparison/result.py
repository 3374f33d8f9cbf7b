"""What a comparison of variants with a reference has found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from experiments.comparison.flows import BY_ITSELF, DECIDED, Flows
from experiments.comparison.people import People, Span
from experiments.comparison.statistics import (
    Band,
    Estimate,
    displaced_share,
    estimate,
    money_per,
)
from experiments.comparison.surfaces import Surface
from experiments.comparison.switches import Switches
from experiments.comparison.tables import Floats, Integers, Pairs, Paths
from model.geography import Region
from model.indicators import REGION


@dataclass(frozen=True)
class Decided:
    """An anchor that a decision moved, grew or shrank.

    Attributes
    ----------
    name : str
        As in scenarios.
    here, region : float, jobs
        Mean paired difference at the focus and in the Region.
    cells : tuple of int
        Usual cell in the reference and in the variant; -1 where it is not there.
    """

    name: str
    here: float
    region: float
    cells: tuple[int, int]


@dataclass(frozen=True)
class VariantResult:
    """A variant against the reference.

    Attributes
    ----------
    name : str
    pairs : Pairs
    months, years, zones : tuple of str
        Months of the paths; months of the flows; zones without the Region.
    focus : str
        Zone that the policy is about.
    jobs, firms : Paths
    cost : float64[pairs, months], EUR
        Paired difference of the Region's money since the start.
    flows, regional : Flows
        Of the focus zone, and of the Region.
    surface : Surface
    decided : tuple of Decided
    switches : Switches or None
        None without scenarios.
    acts : DataFrame
        ``month, lever, what, first, last, pairs``: what levers did that the
        reference's did not; the month is the median over pairs.
    people : People
    no_knowledge : VariantResult or None
        The same comparison in runs in which knowledge has no effect on growth, if
        there are such runs.
    unpriced : tuple of str
        Public levers without a known cost: a figure per job would be too low.
    """

    name: str
    pairs: Pairs
    months: tuple[str, ...]
    years: tuple[str, ...]
    zones: tuple[str, ...]
    focus: str
    jobs: Paths
    firms: Paths
    cost: Floats
    flows: Flows
    regional: Flows
    surface: Surface
    decided: tuple[Decided, ...]
    switches: Switches | None
    acts: pd.DataFrame
    people: People
    no_knowledge: VariantResult | None = None
    unpriced: tuple[str, ...] = ()

    @cached_property
    def place(self) -> int:
        """Position of the focus zone."""
        return self.zones.index(self.focus)

    def zone_names(self) -> tuple[str, ...]:
        """Zones and the Region, as on the last axis of paths."""
        return (*self.zones, REGION)

    def _estimate(self, values: Floats) -> Estimate:
        return estimate(values, self.pairs.draw)

    def at_end(self, paths: Paths, zone: str) -> Estimate:
        """Paired difference of a zone, or of the Region, in the last month."""
        return self._estimate(paths.difference[:, -1, self.zone_names().index(zone)])

    def of_people(self, figure: str, span: Span, zone: str = REGION) -> Estimate:
        """Paired difference of a figure of people, a mean over the years of a span."""
        paths = self.people.figures[figure].difference
        values = self.people.over(paths[..., self.zone_names().index(zone)], span)
        return self._estimate(values)

    def through_knowledge(
        self, figure: Callable[[VariantResult], Estimate]
    ) -> Estimate | None:
        """What the effect of knowledge on growth does to a figure, pair by pair.

        The figure less the same in runs without that effect: a difference of paired
        differences, over the replicates that both have.
        """
        other = self.no_knowledge
        if other is None:
            return None
        known = {pair: place for place, pair in enumerate(other.pairs.names())}
        shared = [
            (place, known[pair])
            for place, pair in enumerate(self.pairs.names())
            if pair in known
        ]
        if not shared:
            return None
        mine, its = np.array(shared).T
        values = figure(self).values[mine] - figure(other).values[its]
        return estimate(values, self.pairs.draw[mine])

    @cached_property
    def jobs_here(self) -> Estimate:
        """Jobs at the focus."""
        return self.at_end(self.jobs, self.focus)

    @cached_property
    def firms_here(self) -> Estimate:
        """Firms at the focus."""
        return self.at_end(self.firms, self.focus)

    @cached_property
    def jobs_region(self) -> Estimate:
        """Jobs in the Region."""
        return self.at_end(self.jobs, REGION)

    @cached_property
    def decided_here(self) -> Estimate:
        """Jobs at the focus of anchors that a decision moves."""
        return self._estimate(self.flows.part(DECIDED)[:, -1])

    @cached_property
    def followed_here(self) -> Estimate:
        """Jobs at the focus of all other firms."""
        return self._estimate(self.flows.part(BY_ITSELF)[:, -1])

    @cached_property
    def followed_region(self) -> Estimate:
        """Jobs in the Region of firms that are not anchors."""
        return self._estimate(self.regional.part(BY_ITSELF)[:, -1])

    @cached_property
    def displaced(self) -> Band | None:
        """Share of the gain that the rest of the Region loses."""
        return displaced_share(self.jobs_here.values, self.jobs_region.values)

    @cached_property
    def displaced_followers(self) -> Band | None:
        """The same for firms that are not anchors."""
        here, region = self.followed_here, self.followed_region
        return displaced_share(here.values, region.values)

    @cached_property
    def spent(self) -> Estimate:
        """The Region's money at the end, EUR."""
        return self._estimate(self.cost[:, -1])

    @cached_property
    def euro_per_job_here(self) -> Band | None:
        """The Region's money for a job more at the focus, EUR; None if unknown."""
        if self.unpriced:
            return None
        return money_per(self.spent.values, self.jobs_here.values)

    @cached_property
    def euro_per_job_region(self) -> Band | None:
        """The Region's money for a job more in the Region, EUR; None if unknown."""
        if self.unpriced:
            return None
        return money_per(self.spent.values, self.jobs_region.values)

    @cached_property
    def is_zero(self) -> bool:
        """Whether no run of the variant differs from its twin in anything."""
        paths = (self.jobs, self.firms)
        return not (
            any(one.difference.any() for one in paths)
            or self.cost.any()
            or self.flows.net.any()
            or self.regional.net.any()
            or self.surface.raw.any()
            or not self.people.is_zero
        )


@dataclass(frozen=True)
class Comparison:
    """Variants against one reference.

    Attributes
    ----------
    reference, focus : str
    region : Region
    variants : tuple of VariantResult
    """

    reference: str
    focus: str
    region: Region
    variants: tuple[VariantResult, ...]

    def __getitem__(self, name: str) -> VariantResult:
        """The result of a variant.

        Raises
        ------
        KeyError
            If it was not compared.
        """
        for variant in self.variants:
            if variant.name == name:
                return variant
        raise KeyError(name)


def yearly(result: VariantResult) -> Integers:
    """Positions in ``months`` of the months of the flows."""
    return np.array([result.months.index(month) for month in result.years])
