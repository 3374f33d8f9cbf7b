"""The month as an ordinary Mesa model: agents with methods, no columns, no kernels.

It starts from the state of a freshly built ``MediaparkModel`` and lives through the
same months with the same arithmetic and the same keyed draws, in the order of
``SCHEDULE``. What it shows is what the columns and kernels are worth
(``benchmarks/month.py``), and, being a second writing of the model, that the first one
does what it says (``tests/test_plain_twin.py``).

To be fair to it, it keeps what does not change from one month to the next (weights
by distance, minutes, the cells within reach of a cell), adds up jobs in a cell before
it spreads them, and calls the compiled functions of ``model.streams`` for the draws
themselves: in pure Python, Philox alone would take most of the month. A worker's
knowledge is a numpy vector of its own, as one would write it first. Everything else is
Python and ``math``.

What the kernels keep in single precision is rounded here too, or else the two would
part within years. Where they go by the order of rows, the plain model goes by who has
been in the trade for longest, which is the same.

Levers are not written plainly: without levers, policies and a burn-in the step
"levers" does nothing, no room is paid for and no community supported. A scenario that
has some is refused.
"""

from benchmarks.plain_mesa.community import CommunityEvent, PlainCommunity
from benchmarks.plain_mesa.firm import PlainFirm
from benchmarks.plain_mesa.meeting import MeetingRecord
from benchmarks.plain_mesa.model import PlainModel
from benchmarks.plain_mesa.places import CoworkingSpace
from benchmarks.plain_mesa.search import Event
from benchmarks.plain_mesa.worker import PlainWorker

__all__ = [
    "CommunityEvent",
    "CoworkingSpace",
    "Event",
    "MeetingRecord",
    "PlainCommunity",
    "PlainFirm",
    "PlainModel",
    "PlainWorker",
]
