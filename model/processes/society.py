"""The state of society: who knows whom, who belongs where, what was said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model.network import Adjacency, Memberships, Ties

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CATEGORIES = 8  # of knowledge: five trades, then technology, story and business
CLIENTS = 8  # firms that a freelancer keeps in mind
AT_HOME, AT_CLIENT = -1, -2  # workplaces that are no coworking space
STAGES = ("potential", "coalescing", "maturing", "stewardship", "transforming")
LEVELS = ("core", "active", "peripheral")  # of members of communities


class Talks(NamedTuple):
    """Who talked with whom this month, and could learn; one entry each.

    Attributes
    ----------
    first, second : int64[talks], slots
        The two of them.
    layer : int
        Index in ``TALK_LAYERS``: where they met.
    """

    first: Integers
    second: Integers
    layer: int


TALK_LAYERS = ("projects", "communities", "coworking", "colleagues")


@dataclass
class Venues:
    """Where communities can meet: schools, newsrooms, coworking and media houses.

    Attributes
    ----------
    cell : int64[venues]
    host : int64[venues], slots
        Firm whose house it is, which takes the venue along; -1 if none.
    rooms : float64[venues], rooms
        Free of charge, paid by levers that work at present.
    """

    cell: Integers
    host: Integers
    rooms: Floats

    def add(self, cell: int, host: int = -1) -> int:
        """A venue more; its index."""
        self.cell = np.append(self.cell, cell)
        self.host = np.append(self.host, host)
        self.rooms = np.append(self.rooms, 0.0)
        return len(self.cell) - 1


@dataclass
class Coworking:
    """Coworking spaces and shared studios.

    Attributes
    ----------
    address : uint64[spaces]
    cell : int64[spaces]
    desks : int64[spaces]
        Desks that media freelancers can take.
    price : float64[spaces], EUR/month
    """

    address: NDArray[np.uint64]
    cell: Integers
    desks: Integers
    price: Floats


class Ring(NamedTuple):
    """Everybody in a circle, dealt anew each year; who comes next after a point.

    One person more or less changes only the draws that would have met that person.

    Attributes
    ----------
    point : float64[people], 0-1
        In ascending order.
    slot : int64[people]
    """

    point: Floats
    slot: Integers

    def after(self, points: Floats) -> Integers:
        """Slots of those next after some points."""
        return self.slot[np.searchsorted(self.point, points) % len(self.point)]


@dataclass
class Society:
    """Who knows whom, who belongs where, and what was said this month.

    Attributes
    ----------
    memberships : Memberships
        Of communities, by community.
    ties : Ties
        Between people.
    venues : Venues
    coworking : Coworking
    ring : Ring
        Workers, for invitations.
    contacts : Adjacency
        Ties by present row; renewed when communities prepare to meet.
    talks : list of Talks
        Of this month.
    """

    memberships: Memberships
    ties: Ties
    venues: Venues
    coworking: Coworking
    ring: Ring
    contacts: Adjacency
    talks: list[Talks] = field(default_factory=list)

    @classmethod
    def empty(cls) -> Society:
        """Nobody knows anybody, and there is nowhere to meet."""
        nowhere, nothing = np.zeros(0, np.int64), np.zeros(0)
        return cls(
            memberships=Memberships.none(),
            ties=Ties(),
            venues=Venues(nowhere, nowhere, nothing),
            coworking=Coworking(nowhere.astype(np.uint64), nowhere, nowhere, nothing),
            ring=Ring(nothing, nowhere),
            contacts=Ties().adjacency(nowhere, 0),
        )
