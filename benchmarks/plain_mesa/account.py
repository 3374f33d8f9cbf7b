"""A freelancer's account: clients, booked days, income and savings.

The kernels keep these in single precision. So does the account, or else the two
would part within years: it rounds what it writes down.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model.processes.freelance import MOST_SAVINGS, YEAR
from model.processes.hiring_kernels import MAX_DAYS
from model.processes.hiring_pool import WEAKEST
from model.processes.society import CLIENTS

if TYPE_CHECKING:
    from benchmarks.plain_mesa.firm import PlainFirm
    from benchmarks.plain_mesa.worker import PlainWorker


def single(x: float) -> float:
    """The nearest number of single precision."""
    return float(np.float32(x))


FORGOTTEN = single(WEAKEST)


@dataclass
class Client:
    """A place in a freelancer's mind: a firm, or nobody yet."""

    firm: PlainFirm | None = None
    contracts: float = 0.0  # faded
    month: int = 0  # of the last contract

    def fade(self, kept: float) -> None:
        """Past work fades; a client that is gone or long past is forgotten."""
        self.contracts = single(self.contracts * kept)
        if self.firm is None or self.firm.gone or self.contracts < FORGOTTEN:
            self.firm, self.contracts = None, 0.0


class Account:
    """What a freelancer earns, owes and has booked.

    Attributes
    ----------
    fee : float, EUR/day
    booked : float, days
    paid_days : float, days/month
    income : float, EUR/month
    buffer : float, months of living
    short : int, months with savings below zero
    clients : list of Client
    """

    def __init__(self, worker: PlainWorker) -> None:
        p = worker.model.p.freelance
        spread = p.fee_spread
        fee = p.fee * math.exp(spread * worker.fee_trait() - 0.5 * spread * spread)
        self.fee = single(fee)
        self.booked = 0.0
        self.paid_days = single(p.paid_days)
        self.income = single(p.paid_days * fee)
        self.buffer = 3.0
        self.short = 0
        self.clients = [Client() for _ in range(CLIENTS)]

    def with_firm(self, firm: PlainFirm) -> Client | None:
        """Past work for a firm."""
        for client in self.clients:
            if client.firm is firm:
                return client
        return None

    @property
    def has_clients(self) -> bool:
        """Whether the freelancer has worked for anybody yet."""
        return any(client.firm is not None for client in self.clients)

    @property
    def main_client(self) -> PlainFirm | None:
        """The client with most past contracts, if it is still there."""
        firm = max(self.clients, key=lambda client: client.contracts).firm
        return None if firm is None or firm.gone else firm

    def sign(self, firm: PlainFirm, days: float, month: int) -> None:
        """Book days for a firm; it takes the place of the faintest client."""
        self.booked = single(self.booked + days)
        client = self.with_firm(firm)
        if client is None:
            client = min(self.clients, key=lambda client: client.contracts)
            client.firm, client.contracts = firm, 0.0
        client.contracts = single(client.contracts + 1.0)
        client.month = month

    def settle(self, living_cost: float) -> None:
        """Work the booked days, draw the fee, live."""
        days = min(self.booked, MAX_DAYS)
        self.booked = single(self.booked - days)
        income = days * self.fee
        self.paid_days = single(self.paid_days + (days - self.paid_days) / YEAR)
        self.income = single(self.income + (income - self.income) / YEAR)
        saved = self.buffer + income / living_cost - 1.0
        self.buffer = single(min(max(saved, -MOST_SAVINGS), MOST_SAVINGS))
        self.short = self.short + 1 if self.buffer < 0.0 else 0
