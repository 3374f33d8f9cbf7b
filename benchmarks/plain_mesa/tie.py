"""Ties between people, and the talks from which they come and both may learn."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from model import streams
from model.network import COWORKING, LAYERS
from model.processes.meetings import NEW_TIE_WEIGHT, TALK_WEIGHT

if TYPE_CHECKING:
    from benchmarks.plain_mesa.model import PlainModel
    from benchmarks.plain_mesa.worker import PlainWorker

poisson = streams.poisson.py_func


class Tie:
    """What ties two people: its strength in each layer, in contracts."""

    def __init__(self) -> None:
        self.weight = [0.0] * len(LAYERS)

    def fade(self, kept: float) -> None:
        """Lose strength."""
        self.weight = [kept * weight for weight in self.weight]

    @property
    def strength(self) -> float:
        """Over all layers."""
        return sum(self.weight)


class Bond(NamedTuple):
    """What strengthens a tie, or makes one, from next month on."""

    first: PlainWorker
    second: PlainWorker
    layer: int
    amount: float

    def tighten(self) -> None:
        """Add to the tie of the two, if both are still in the trade."""
        if self.first.gone or self.second.gone:
            return
        if self.second not in self.first.ties:
            self.first.ties[self.second] = self.second.ties[self.first] = Tie()
        self.first.ties[self.second].weight[self.layer] += self.amount


class Talk(NamedTuple):
    """Two people who talk this month."""

    first: PlainWorker
    second: PlainWorker

    @property
    def across(self) -> bool:
        """Whether they share no employer; the self-employed have none."""
        employer = self.first.employer
        return employer is None or employer is not self.second.employer

    def be_noted(self) -> None:
        """Each remembers to have talked, and whether beyond the own employer."""
        for person in self:
            person.talks += 1
            person.outward_talks += self.across

    def at_a_desk(self, model: PlainModel) -> Bond:
        """What a talk in a coworking space is worth: by chance, a new tie."""
        place = int(self.second.address) & 0xFFFFFFFF
        u = model.draw(streams.NEW_TIE, self.first.address, place)
        weight = NEW_TIE_WEIGHT if u < model.p.meetings.new_tie else TALK_WEIGHT
        return Bond(*self, COWORKING, weight)

    def teach(self, p: Any) -> None:
        """Each learns where the other is furthest ahead, but not too far."""
        first, second = self
        lead = first.knowledge - second.knowledge
        ahead, behind = int(lead.argmax()), int(lead.argmin())
        of_first, of_second = float(lead[ahead]), -float(lead[behind])
        if p.barter and (of_first <= 0.0 or of_second <= 0.0):
            return
        second.learn(ahead, understood(max(of_first, 0.0), p))
        first.learn(behind, understood(max(of_second, 0.0), p))


def understood(lead: float, p: Any) -> float:
    """Points that pass from one to the other: an inverted U in the lead."""
    return p.absorption * lead * math.exp(-((lead / p.gap_scale) ** 2))


def chance_talks(
    model: PlainModel, address: np.uint64, group: list[PlainWorker], mean: float
) -> list[Talk]:
    """Talks within a group, each between two whom chance brings together."""
    size = len(group)
    if size < 2:
        return []
    talks = []
    u = model.draw(streams.COLLEAGUE, address)
    for k in range(poisson(u, mean * size / 2.0)):
        u, v = model.draw_pair(streams.COLLEAGUE, address, 1 + k)
        one, other = int(u * size), int(v * (size - 1))
        talks.append(Talk(group[one], group[other + (other >= one)]))
    return talks
