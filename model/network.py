"""Who belongs with whom, in flat arrays; handed out as networkx on request."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray


@dataclass
class Memberships:
    """Members of communities, one entry for each person in each community.

    Attributes
    ----------
    person, community : int64[entries], slots
    level : int8[entries]
        Index in ``model.agents.LEVELS``.
    """

    person: NDArray[np.int64]
    community: NDArray[np.int64]
    level: NDArray[np.int8]

    def members(self, community: int) -> NDArray[np.int64]:
        """Slots of the members of a community (a slot)."""
        found: NDArray[np.int64] = self.person[self.community == community]
        return found

    def without(self, gone: NDArray[np.int64]) -> Memberships:
        """The memberships that stay when some people (slots) leave."""
        kept = ~np.isin(self.person, gone)
        return Memberships(self.person[kept], self.community[kept], self.level[kept])

    def as_networkx(self) -> nx.Graph[tuple[str, int]]:
        """Two kinds of nodes, ``("person", slot)`` and ``("community", slot)``."""
        graph: nx.Graph[tuple[str, int]] = nx.Graph()
        graph.add_edges_from(
            (("person", int(p)), ("community", int(c)), {"level": int(level)})
            for p, c, level in zip(self.person, self.community, self.level, strict=True)
        )
        return graph
