"""The ordinary Mesa model begins where a kernel model stands: its state is copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.plain_mesa.account import Account, Client
from benchmarks.plain_mesa.circle import Circle
from benchmarks.plain_mesa.community import PlainCommunity
from benchmarks.plain_mesa.firm import PlainFirm
from benchmarks.plain_mesa.places import CoworkingSpace, Venue
from benchmarks.plain_mesa.tie import Bond, Tie
from benchmarks.plain_mesa.worker import PlainWorker
from model.processes.state import FREELANCER, RegionState

if TYPE_CHECKING:
    from benchmarks.plain_mesa.model import PlainModel

FIRM = (
    "address", "subsector", "language", "jobs", "size", "age", "lease", "space",
    "rent", "anchor", "captive", "knowledge", "students",
)  # fmt: skip
WORKER = (
    "address", "skill", "language", "born", "idle", "short_contract", "leaving",
)  # fmt: skip
ACCOUNT = ("fee", "booked", "paid_days", "income", "buffer", "short")
COMMUNITY = (
    "address", "topic", "stage", "age", "frequency", "energy", "turnout", "thin",
)  # fmt: skip
SPACE = ("address", "desks", "price")


def numbers(table: Any, names: tuple[str, ...], row: int) -> dict[str, Any]:
    """Some columns of one row, as plain numbers."""
    return {name: table[name][row].item() for name in names}


class Copying:
    """Agents of a kernel model's present state, in its order.

    Attributes
    ----------
    firms, people, communities : dict of int to agent
        By slot.
    """

    def __init__(self, plain: PlainModel, state: RegionState) -> None:
        self.plain, self.state = plain, state
        self.firms: dict[int, PlainFirm] = {}
        self.people: dict[int, PlainWorker] = {}
        self.communities: dict[int, PlainCommunity] = {}
        self.copy_firms()
        self.copy_places()
        self.copy_people()
        self.copy_ties()
        self.copy_communities()

    def cell(self, index: int) -> Any:
        """Cell of an index, None of -1."""
        return self.plain.cells[index] if index >= 0 else None

    def copy_firms(self) -> None:
        """Firms, and who works with whom."""
        table = self.state.firms
        for row, slot in enumerate(table.slot.tolist()):
            self.firms[slot] = PlainFirm(
                self.plain,
                past_jobs=table.past_jobs[row].tolist(),
                cell=self.cell(table.cell[row]),
                **numbers(table, FIRM, row),
            )
        for row, firm in enumerate(self.firms.values()):
            slots = table.partners[row].tolist()
            firm.partners = [self.firms.get(slot) for slot in slots]

    def copy_places(self) -> None:
        """Venues and coworking spaces."""
        venues, spaces = self.state.society.venues, self.state.society.coworking
        self.plain.society.venues = [
            Venue(self.cell(cell), self.firms.get(host))
            for cell, host in zip(venues.cell, venues.host.tolist(), strict=True)
        ]
        self.plain.society.coworking = [
            CoworkingSpace(
                number=k,
                address=spaces.address[k],
                cell=self.cell(spaces.cell[k]),
                desks=int(spaces.desks[k]),
                price=float(spaces.price[k]),
            )
            for k in range(len(spaces.cell))
        ]

    def copy_people(self) -> None:
        """Workers, with accounts of freelancers, and the circle of all."""
        table = self.state.people
        for row, slot in enumerate(table.slot.tolist()):
            desk = int(table.works_at[row])
            worker = self.people[slot] = PlainWorker(
                self.plain,
                home=self.cell(table.home[row]),
                work=self.cell(table.work[row]),
                employer=self.firms.get(int(table.employer[row])),
                knowledge=table.knowledge[row].copy(),
                works_at=self.plain.society.coworking[desk] if desk >= 0 else desk,
                **numbers(table, WORKER, row),
            )
            if table.kind[row] == FREELANCER:
                worker.account = self.account(worker, row)
            if worker.employer is not None:
                worker.employer.staff.append(worker)
        ring = self.state.society.ring
        self.plain.society.ring = Circle(
            (point, self.people.get(slot))
            for point, slot in zip(ring.point.tolist(), ring.slot.tolist(), strict=True)
        )

    def account(self, worker: PlainWorker, row: int) -> Account:
        """Account of a freelancer."""
        table, account = self.state.people, Account(worker)
        for name, value in numbers(table, ACCOUNT, row).items():
            setattr(account, name, value)
        account.clients = [
            Client(self.firms.get(slot), contracts, month)
            for slot, contracts, month in zip(
                table.clients[row].tolist(),
                table.client_ties[row].tolist(),
                table.client_month[row].tolist(),
                strict=True,
            )
        ]
        return account

    def copy_ties(self) -> None:
        """Ties, and what will strengthen them next month."""
        ties, people = self.state.society.ties, self.people
        for a, b, weight in zip(
            ties.first.tolist(), ties.second.tolist(), ties.weight.tolist(), strict=True
        ):
            if a in people and b in people:
                people[a].ties[people[b]] = people[b].ties[people[a]] = tie = Tie()
                tie.weight = weight
        for pairs, amounts, layers in ties.news:
            for pair, amount, layer in zip(pairs, amounts, layers, strict=True):
                a, b = int(pair) >> 32, int(pair) & 0xFFFFFFFF
                if a in people and b in people:
                    bond = Bond(people[a], people[b], int(layer), float(amount))
                    self.plain.society.bonds.append(bond)

    def copy_communities(self) -> None:
        """Communities of practice and their members."""
        table, members = self.state.communities, self.state.society.memberships
        for row, slot in enumerate(table.slot.tolist()):
            self.communities[slot] = PlainCommunity(
                self.plain,
                domain=table.domain[row].copy(),
                cell=self.cell(table.venue[row]),
                host=self.firms.get(int(table.host[row])),
                founder=self.people.get(int(table.founder[row])),
                **numbers(table, COMMUNITY, row),
            )
        for entry in range(len(members)):
            person = self.people.get(int(members.person[entry]))
            if person is not None:
                self.communities[int(members.community[entry])].join(
                    person,
                    int(members.level[entry]),
                    float(members.record[entry]),
                    int(members.absent[entry]),
                )
