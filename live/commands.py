"""What a message asks for, who may ask, and the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from live import details, editing
from live.fanout import Client
from live.refusals import refusal
from live.room import WorkshopRoom
from live.sessions import Sessions
from model.errors import Fault, InputError, nearest
from model.months import month_name
from model.scenario import Scenario

Message = Mapping[str, Any]
Answer = dict[str, Any] | bytes | None
Command = Callable[["Desk", Client, Message], Awaitable[Answer]]
SLOWEST, FASTEST = 0.1, 120.0  # months/s


class Desk:
    """Where messages are taken.

    Parameters
    ----------
    room : WorkshopRoom
    sessions : Sessions
    scenario_of : callable
        A scenario by name, with the months of this session.
    """

    def __init__(
        self,
        room: WorkshopRoom,
        sessions: Sessions,
        scenario_of: Callable[[object], Scenario],
    ) -> None:
        self.room, self.sessions, self.scenario_of = room, sessions, scenario_of
        self.clock = room.coordinator.clock
        self.tasks: set[asyncio.Task[None]] = set()

    async def take(self, client: Client, message: Message) -> None:
        """Do what a message asks for, and answer once the new state is told."""
        word, number = message.get("do"), message.get("n")
        try:
            found = await _command(word, client)(self, client, message)
        except InputError as error:
            await client.send({"is": "refused", "n": number, **refusal(error)})
            return
        if word == "ack":
            return
        await client.tell_words()  # so that an answer follows the state that it made
        more = found if isinstance(found, dict) else {}
        await client.send({"is": "done", "n": number, **more})
        if isinstance(found, bytes):
            await client.send(found)

    def later(self, task: Awaitable[None]) -> None:
        """Let something go on after the answer."""
        started = asyncio.ensure_future(task)
        self.tasks.add(started)
        started.add_done_callback(self.tasks.discard)


def _command(word: object, client: Client) -> Command:
    if not isinstance(word, str) or word not in COMMANDS:
        names = tuple(COMMANDS)
        near = nearest(str(word), names)
        raise InputError([Fault("is no command", key="do", value=word, nearest=near)])
    command, everybody = COMMANDS[word]
    if not everybody and client.role != "facilitator":
        raise InputError([Fault("is for the facilitator only", key="do", value=word)])
    return command


async def ack(desk: Desk, client: Client, asked: Message) -> Answer:
    """The last frame has been drawn."""
    client.acknowledge()
    return None


async def play(desk: Desk, client: Client, asked: Message) -> Answer:
    """Let months pass."""
    desk.room.coordinator.asking = None
    desk.clock.play()
    return None


async def pause(desk: Desk, client: Client, asked: Message) -> Answer:
    """Stop after the present month."""
    desk.clock.pause()
    return None


async def step(desk: Desk, client: Client, asked: Message) -> Answer:
    """One month more."""
    desk.clock.pause()
    desk.room.coordinator.asking = None
    await desk.room.coordinator.advance()
    return None


async def reset(desk: Desk, client: Client, asked: Message) -> Answer:
    """Back to the start; all edits are gone."""
    await desk.room.coordinator.branch(0)
    return None


async def speed(desk: Desk, client: Client, asked: Message) -> Answer:
    """Set the pace."""
    wanted = asked.get("months_per_second")
    known = isinstance(wanted, int | float) and not isinstance(wanted, bool)
    if wanted is not None and not (known and SLOWEST <= wanted <= FASTEST):
        allowed = f"a number from {SLOWEST:g} to {FASTEST:g}, or null"
        fault = Fault("is no speed", key="speed", value=wanted, allowed=allowed)
        raise InputError([fault])
    desk.clock.set_speed(wanted)
    return None


async def choose(desk: Desk, client: Client, asked: Message) -> Answer:
    """Other scenarios side by side."""
    names = [asked.get("A"), asked.get("B")]
    found = [desk.scenario_of(name) for name in names if name is not None]
    await desk.room.coordinator.choose(found)
    return None


async def edit(desk: Desk, client: Client, asked: Message) -> Answer:
    """Move a lever, or put one in."""
    made = await editing.make_edit(desk.room.coordinator, asked)
    return {"edits": [one.id for one in made]}


async def undo(desk: Desk, client: Client, asked: Message) -> Answer:
    """Take back an edit, by going back where nothing else does and it is asked for."""
    room = desk.room.coordinator
    take_back = editing.undo_by_going_back if asked.get("back") else editing.undo_edit
    await take_back(room, room.log.edit(asked.get("edit")))
    return None


async def branch(desk: Desk, client: Client, asked: Message) -> Answer:
    """Rewind to a month."""
    room = desk.room.coordinator
    gone = await room.branch(room.month_at(asked.get("month")))
    return {"dropped": [one.id for one in gone]}


async def note(desk: Desk, client: Client, asked: Message) -> Answer:
    """Pin a note."""
    room = desk.room.coordinator
    month = month_name(room.start + room.month_at(asked.get("month")))
    run = None if asked.get("run") is None else room.run(asked["run"]).name
    cell = asked.get("cell")
    size = len(room.region)
    if cell is not None and not (isinstance(cell, int) and 0 <= cell < size):
        raise InputError([Fault("is no cell", key="cell", value=cell)])
    made = room.log.note(month, asked.get("text"), run, cell)
    room.tell()
    return {"id": made.id}


async def unnote(desk: Desk, client: Client, asked: Message) -> Answer:
    """Take a note away."""
    desk.room.coordinator.log.drop("notes", asked.get("id"))
    desk.room.changed()
    return None


async def chapter(desk: Desk, client: Client, asked: Message) -> Answer:
    """Let the clock stop at a month."""
    room = desk.room.coordinator
    months = {month_name(room.start + t) for t in range(1, room.end + 1)}
    month = str(asked.get("month"))
    if month not in months:
        allowed = f"a month from {min(months)} to {max(months)}"
        fault = Fault("is not a month", key="month", value=month, allowed=allowed)
        raise InputError([fault])
    made = room.log.chapter(month, asked.get("text"))
    room.tell()
    return {"id": made.id}


async def unchapter(desk: Desk, client: Client, asked: Message) -> Answer:
    """Take a chapter away."""
    desk.room.coordinator.log.drop("chapters", asked.get("id"))
    desk.room.changed()
    return None


async def poll(desk: Desk, client: Client, asked: Message) -> Answer:
    """Open, close or clear a poll."""
    room = desk.room.coordinator
    log, action = room.log, asked.get("action")
    if action == "open":
        log.ask(month_name(room.present), asked.get("question"), asked.get("answers"))
    elif action == "close" and log.poll is not None:
        log.poll.open = False
    elif action == "clear":
        log.poll = None
    else:
        allowed = "open, close or clear"
        raise InputError([Fault("is no action", key="action", allowed=allowed)])
    desk.room.voters.clear()
    room.tell()
    return None


async def vote(desk: Desk, client: Client, asked: Message) -> Answer:
    """Count an answer, once for each phone."""
    log = desk.room.coordinator.log
    number, answer = asked.get("poll"), asked.get("answer")
    if log.poll is None or not log.poll.open or number != log.poll.id:
        raise InputError([Fault("is no open poll", key="poll", value=number)])
    if not isinstance(answer, int) or not 0 <= answer < len(log.poll.counts):
        raise InputError([Fault("is no answer", key="answer", value=answer)])
    if client.voter in desk.room.voters:
        raise InputError([Fault("has voted already", key="poll", value=number)])
    desk.room.voters.add(client.voter)
    log.poll.counts[answer] += 1
    desk.room.changed()
    return None


async def save(desk: Desk, client: Client, asked: Message) -> Answer:
    """Save the session."""
    path = await desk.sessions.save(desk.room.coordinator, asked.get("name"))
    desk.room.saved = desk.sessions.names()
    desk.room.changed()
    return {"file": path.name}


async def load(desk: Desk, client: Client, asked: Message) -> Answer:
    """Load a session; its frames are there at once, its runs a little later."""
    room = desk.room.coordinator
    await desk.sessions.load(room, asked.get("name"))
    desk.later(room.catch_up())
    return None


async def present(desk: Desk, client: Client, asked: Message) -> Answer:
    """Replay what is stored, or come back."""
    desk.room.coordinator.present_stored(bool(asked.get("on")))
    return None


async def ensemble(desk: Desk, client: Client, asked: Message) -> Answer:
    """Begin or stop replicates."""
    desk.room.ensemble.turn(bool(asked.get("on")))
    return None


async def blackout(desk: Desk, client: Client, asked: Message) -> Answer:
    """Hide everything from viewers, or show it again."""
    desk.room.blackout = bool(asked.get("on"))
    desk.room.changed()
    return None


async def restart(desk: Desk, client: Client, asked: Message) -> Answer:
    """Replay the log of a run whose process died."""
    room = desk.room.coordinator
    await room.restart(room.run(asked.get("run")))
    return None


async def look(desk: Desk, client: Client, asked: Message) -> Answer:
    """A stored frame."""
    room = desk.room.coordinator
    seat = room.run(asked.get("run"))
    return seat.track.frames[room.month_at(asked.get("month"))]


async def cell(desk: Desk, client: Client, asked: Message) -> Answer:
    """What is known of a cell in a month."""
    room = desk.room.coordinator
    seat, written = room.run(asked.get("run")), asked.get("month")
    t = max(room.t, 0) if written is None else room.month_at(written)
    return {"cell": details.cell_details(seat.track, room.region, asked.get("cell"), t)}


async def firm(desk: Desk, client: Client, asked: Message) -> Answer:
    """A firm and where it has been."""
    room = desk.room.coordinator
    track = room.run(asked.get("run")).track
    return {"firm": details.firm_details(track, asked.get("firm"), room.start)}


EVERYBODY = (ack, look, cell, firm, vote)
FACILITATOR = (
    play, pause, step, reset, speed, choose, edit, undo, branch, note, unnote, chapter,
    unchapter, poll, save, load, present, ensemble, blackout, restart,
)  # fmt: skip
COMMANDS: dict[str, tuple[Command, bool]] = {
    **{one.__name__: (one, True) for one in EVERYBODY},
    **{one.__name__: (one, False) for one in FACILITATOR},
}
