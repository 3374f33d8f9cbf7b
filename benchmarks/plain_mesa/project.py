"""Projects: a firm looks for a team of freelancers, slot by slot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from benchmarks.plain_mesa.circle import Circle
from benchmarks.plain_mesa.tie import Talk
from model import streams
from model.processes.hiring_kernels import CANDIDATES, MAX_DAYS, TEAM_BITS

if TYPE_CHECKING:
    from benchmarks.plain_mesa.firm import PlainFirm
    from benchmarks.plain_mesa.worker import PlainWorker

gumbel = streams.gumbel.py_func
exponential = streams.exponential.py_func
LOW = 0xFFFFFFFF


class Project:
    """Work that a firm gives to a team of freelancers.

    Parameters
    ----------
    firm : PlainFirm
    first, size : int
        Number of its first slot among the firm's slots of the month, and of slots.
    """

    def __init__(self, firm: PlainFirm, first: int, size: int) -> None:
        self.firm = firm
        self.model = firm.model
        self.slots = range(first, first + size)
        self.team: list[PlainWorker] = []

    def fill(self, market: Circle) -> None:
        """Fill the slots one after the other from the freelancers of the month."""
        model, firm, p = self.model, self.firm, self.model.p.projects
        for slot in self.slots:
            u, kind = model.draw_pair(streams.SLOT, firm.address, 2 * slot)
            point = model.draw(streams.SLOT, firm.address, 2 * slot + 1)
            chosen = None
            if kind < p.incumbent * p.repeat:
                chosen = self.best_of(firm.collaborators, slot, point)
            if chosen is None and kind < p.incumbent:
                chosen = self.best_of(market, slot, point, incumbent=True)
            if chosen is None:
                chosen = self.best_of(market, slot, point)
            if chosen is not None:
                days = p.days_per_contract * exponential(u)
                chosen.account.sign(firm, days, model.month)
                self.welcome(chosen)

    def best_of(
        self, circle: Circle, slot: int, point: float, *, incumbent: bool = False
    ) -> PlainWorker | None:
        """The best of the next few on a circle who are free."""
        address = int(self.firm.address)
        alternative = (address ^ (slot + 1) * int(TEAM_BITS)) & LOW
        best, highest, seen = None, -math.inf, 0
        for one in circle.around(point):
            if one.account.booked >= MAX_DAYS or one in self.team:
                continue
            if incumbent and not one.account.has_clients:
                continue
            u = self.model.draw(streams.CANDIDATE, one.address, alternative)
            value = self.liking(one) + gumbel(u)
            if value > highest:
                best, highest = one, value
            seen += 1
            if seen == CANDIDATES:
                break
        return best

    def liking(self, one: PlainWorker) -> float:
        """Utility of a freelancer to the firm, without its error."""
        model, firm, p = self.model, self.firm, self.model.p.projects
        client = one.account.with_firm(firm)
        value = 0.0
        if client is not None:
            value += p.tie_effect * math.log(1.0 + client.contracts)
        if any(part.community in firm.communities for part in one.memberships):
            value += p.community_effect
        value += p.fit_effect * float(one.knowledge[firm.subsector]) / 10.0
        kappa = model.p.surroundings.minutes_deterrence * (1.0 - model.telework)
        value -= kappa * model.minutes_from(one.home, firm.cell)
        if one.language != firm.language:
            value -= p.language_effect
        return value

    def welcome(self, one: PlainWorker) -> None:
        """Somebody joins the team, and deals with one of the firm's staff."""
        for mate in self.team:
            self.model.society.team_talks.append(Talk(mate, one))
        self.team.append(one)
        contact = self.firm.contact_of(one)
        if contact is not None:
            self.model.society.client_talks.append(Talk(one, contact))
