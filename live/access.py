"""Who may do what, from where, how much and how often."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlsplit

Role = Literal["facilitator", "viewer", "phone"]
MOST_CLIENTS: Final = 60
LARGEST_MESSAGE: Final = 64 * 1024  # bytes
COOKIE: Final = "mediapark_key"
VOTER: Final = "mediapark_phone"  # a cookie that tells phones apart, not people
_LOCAL = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Access:
    """The rules of one start of the server.

    Attributes
    ----------
    key : str
        The facilitator's, drawn anew at each start.
    hosts : collection of str
        ``host:port`` under which the page may be asked for.
    """

    key: str
    hosts: Collection[str]

    @classmethod
    def new(cls, port: int, shared: str | None = None) -> Access:
        """Rules of a new start; ``shared`` is this machine's address in the network."""
        names = [*_LOCAL, *([shared] if shared else [])]
        return cls(secrets.token_urlsafe(16), {f"{name}:{port}" for name in names})

    def is_facilitator(self, key: object) -> bool:
        """Whether a key is the facilitator's; takes as long for any key."""
        given = key if isinstance(key, str) else ""
        return hmac.compare_digest(given.encode(), self.key.encode())

    def knows_host(self, host: str | None) -> bool:
        """Whether a ``Host`` header names this server."""
        return host in self.hosts

    def knows_origin(self, origin: str | None) -> bool:
        """Whether an ``Origin`` is this server's own; browsers always send one."""
        return origin is None or urlsplit(origin).netloc in self.hosts


def new_voter() -> str:
    """A number by which a phone is known while a poll is open; drawn at random."""
    return secrets.token_urlsafe(12)


@dataclass
class Bucket:
    """How many messages a client may still send: it fills up as time passes.

    Parameters
    ----------
    per_second : float
        Messages that it gains each second.
    most : float
        Messages that it holds.
    """

    per_second: float
    most: float
    left: float = field(init=False)
    since: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.left = self.most

    def take(self) -> bool:
        """Take one message out; False where it is empty."""
        now = time.monotonic()
        gained = (now - self.since) * self.per_second
        self.left, self.since = min(self.most, self.left + gained), now
        if self.left < 1.0:
            return False
        self.left -= 1.0
        return True


RATES: Final[dict[Role, tuple[float, float, float]]] = {
    # frames a second at most, messages a second, messages at once
    "facilitator": (60.0, 150.0, 300.0),
    "viewer": (15.0, 60.0, 120.0),
    "phone": (4.0, 15.0, 40.0),
}
