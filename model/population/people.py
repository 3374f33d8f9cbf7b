"""Workers and communities of the base year (synthetic, but for known communities)."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from model import streams
from model.agents import LEVELS, STAGES
from model.columns import Table
from model.geography import Region
from model.network import Memberships
from model.parameters import fixed, uncertain
from model.population.tables import read
from model.processes.staffing import Parameters as Staffing
from model.processes.staffing import newcomers
from model.processes.state import EMPLOYEE, FREELANCER, LANGUAGES, SUBSECTORS

COMMUNITY_AGE = 36  # months; assumed
COMMUNITY_SIZES = (15, 90)  # members of synthetic communities; assumed
MATURING = STAGES.index("maturing")


class Parameters(NamedTuple):
    """Workers and communities of the base year."""

    freelancers: Annotated[
        float,
        fixed(
            1344,
            unit="persons",
            hard=(0, 20000),
            source="self-employed of December 2015 [S02]",
            confidence="H",
            means="self-employed media workers",
            integer=True,
        ),
    ]
    freelancers_outside: Annotated[
        float,
        uncertain(
            0.25,
            unit="share",
            hard=(0.0, 1.0),
            plausible=(0.1, 0.5),
            source="assumption: below the 49.5 % of all jobs",
            confidence="L",
            means="freelancers who live outside the Region",
        ),
    ]
    communities_per_1000: Annotated[
        float,
        uncertain(
            1.5,
            unit="/1000 workers",
            hard=(0.0, 20.0),
            plausible=(0.5, 4.0),
            source="count to be made from the project's inventory (D6.2)",
            confidence="L",
            means="live communities of practice per 1,000 workers",
        ),
    ]
    core_share: Annotated[
        float,
        fixed(
            0.12,
            unit="share",
            hard=(0.0, 0.5),
            plausible=(0.10, 0.15),
            source="Wenger, McDermott & Snyder 2002",
            confidence="M",
            means="members who carry a community",
        ),
    ]
    active_share: Annotated[
        float,
        fixed(
            0.18,
            unit="share",
            hard=(0.0, 0.5),
            plausible=(0.15, 0.20),
            source="Wenger, McDermott & Snyder 2002",
            confidence="M",
            means="members who take part regularly",
        ),
    ]


def home_shares(region: Region) -> NDArray[np.float64]:
    """Cumulated shares of workers' homes over cells: the residents'.

    Where media workers live was not found; their homes follow everybody's.
    """
    cumulated: NDArray[np.float64] = np.cumsum(region.population)
    cumulated = cumulated / cumulated[-1]
    return cumulated


def add_employees(
    people: Table, firms: Table, key: np.uint64, homes: NDArray[np.float64], p: Staffing
) -> None:
    """One employee for each job of each firm."""
    firm = np.repeat(np.arange(len(firms)), firms.jobs)
    ordinal = np.arange(len(firm)) - np.repeat(
        np.cumsum(firms.jobs) - firms.jobs, firms.jobs
    )
    address, home, short = newcomers(
        firms.address[firm], ordinal, 0, key, homes, p.outside_share,
        p.short_contract_share,
    )  # fmt: skip
    people.add(
        len(firm),
        kind=EMPLOYEE,
        address=address,
        skill=firms.subsector[firm],
        language=firms.language[firm],
        home=home,
        employer=firms.slot[firm],
        short_contract=short,
    )


def add_freelancers(
    people: Table,
    firms: Table,
    key: np.uint64,
    homes: NDArray[np.float64],
    count: int,
    p: Parameters,
) -> None:
    """Self-employed workers; trade and language as a random job's."""
    parent = np.full(count, streams.named_address("freelancers"), np.uint64)
    address, home, _ = newcomers(
        parent, np.arange(count), 0, key, homes, p.freelancers_outside, 0.0
    )
    cumulated = np.cumsum(firms.jobs)
    u = streams.uniforms(key, streams.POPULATION_TRAIT, 0, address)
    like = np.searchsorted(cumulated, u * cumulated[-1])
    people.add(
        count,
        kind=FREELANCER,
        address=address,
        skill=firms.subsector[like],
        language=firms.language[like],
        home=home,
        employer=-1,
        short_contract=False,
    )


def add_communities(
    communities: Table, people: Table, region: Region, key: np.uint64, p: Parameters
) -> Memberships:
    """Known communities at their venues, then synthetic ones; and their members."""
    wanted = round(p.communities_per_1000 * len(people) / 1000)
    known = [
        row
        for row in read("communities").to_dict("records")
        if row["venue"] in region.places
    ][:wanted]
    count = max(wanted, len(known))
    names: list[str] = [row["id"] for row in known]
    names += [f"community {k}" for k in range(count - len(known))]
    address = np.array([streams.named_address(name) for name in names], np.uint64)
    draws = np.stack(
        [
            streams.uniforms(key, streams.POPULATION_TRAIT, 0, address, k)
            for k in range(4)
        ],
        axis=1,
    )
    venues = np.cumsum(np.where(region.office_ok, region.population, 0.0))
    venue = np.searchsorted(venues, draws[:, 0] * venues[-1])
    topic = (draws[:, 1] * len(SUBSECTORS)).astype(np.int8)
    frequency = 0.15 + 1.1 * draws[:, 2]
    low, high = COMMUNITY_SIZES
    size = (low * (high / low) ** draws[:, 3]).astype(np.int64)
    for k, row in enumerate(known):
        venue[k] = region.places[row["venue"]][0]
        topic[k] = SUBSECTORS.index(row["topic"])
        frequency[k] = row["meetings_per_month"]
        size[k] = row["members"]
    name = np.full(count, -1, np.int16)
    name[: len(known)] = np.arange(len(known))
    communities.add(
        count,
        address=address,
        name=name,
        topic=topic,
        venue=venue,
        stage=MATURING,
        age=COMMUNITY_AGE,
        frequency=frequency,
        energy=0.5,
    )
    return _members(communities, people, key, np.minimum(size, len(people) // 4), p)


def _members(
    communities: Table,
    people: Table,
    key: np.uint64,
    size: NDArray[np.int64],
    p: Parameters,
) -> Memberships:
    person, community, level = [], [], []
    for row in range(len(communities)):
        same = np.flatnonzero(people.skill == communities.topic[row])
        pool = same if len(same) >= size[row] else np.arange(len(people))
        order = streams.uniforms(
            key, streams.POPULATION_MEMBER, row, people.address[pool]
        )
        chosen = pool[np.argsort(order)[: size[row]]]
        core = round(p.core_share * len(chosen))
        active = round(p.active_share * len(chosen))
        person.append(people.slot[chosen])
        community.append(np.full(len(chosen), communities.slot[row]))
        counts = [core, active, len(chosen) - core - active]
        level.append(np.repeat(np.arange(len(LEVELS)), counts))
    if not person:
        nobody = np.zeros(0, np.int64)
        return Memberships(nobody, nobody, np.zeros(0, np.int8))
    return Memberships(
        np.concatenate(person),
        np.concatenate(community),
        np.concatenate(level).astype(np.int8),
    )


def language_shares(firms: Table) -> NDArray[np.float64]:
    """Cumulated shares of languages of firms within each subsector, float64[5, 3]."""
    counts = np.ones((len(SUBSECTORS), len(LANGUAGES)))
    np.add.at(counts, (firms.subsector, firms.language), 1)
    shares: NDArray[np.float64] = np.cumsum(counts, axis=1)
    return shares / shares[:, -1:]
