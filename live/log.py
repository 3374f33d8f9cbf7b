"""The log of a session: edits, notes, chapters and the poll.

Nothing in it bears a name or an address of a person; a poll keeps counts only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from live.edits import Edit
from model.errors import Fault, InputError

LONGEST_TEXT = 2_000  # characters of a note, a question or an answer
MOST_NOTES = 500
MOST_ANSWERS = 8


@dataclass(frozen=True)
class Note:
    """Something pinned to a month, perhaps to a run and a cell."""

    id: int
    month: str
    text: str
    run: str | None = None
    cell: int | None = None


@dataclass(frozen=True)
class Chapter:
    """A month at which the clock stops and the room is asked something."""

    id: int
    month: str
    text: str


@dataclass
class Poll:
    """A question to the phones: counts only."""

    id: int
    question: str
    answers: tuple[str, ...]
    counts: list[int]
    month: str
    open: bool = True


@dataclass
class Log:
    """Everything that was said and changed.

    Attributes
    ----------
    edits, notes, chapters : list
    polls : list of Poll
        Those that have been closed and cleared, and the present one, last.
    poll : Poll or None
        The present one.
    last_id : int
    """

    edits: list[Edit] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)
    polls: list[Poll] = field(default_factory=list)
    poll: Poll | None = None
    last_id: int = 0

    def next_id(self) -> int:
        """A number that nothing bears yet."""
        self.last_id += 1
        return self.last_id

    def edits_of(self, run: str) -> list[Edit]:
        """Edits of a run, in their order."""
        return [edit for edit in self.edits if edit.run == run]

    def edit(self, number: object) -> Edit:
        """The edit of a number.

        Raises
        ------
        InputError
            If there is none.
        """
        for edit in self.edits:
            if edit.id == number:
                return edit
        raise InputError([Fault("is no edit", key="edit", value=number)])

    def undo(self, edit: Edit, after: int) -> None:
        """Mark an edit as taken back."""
        place = self.edits.index(edit)
        self.edits[place] = replace(edit, undone=after)

    def rewind(self, present: int) -> list[Edit]:
        """Forget edits made in a month or later; take back what was undone since.

        Parameters
        ----------
        present : int, month number
            The month to which the runs went back.

        Returns
        -------
        list of Edit
            Those that are gone.
        """
        gone = [edit for edit in self.edits if edit.after >= present]
        self.edits = [
            replace(e, undone=None) if (e.undone or 0) >= present else e
            for e in self.edits
            if e.after < present
        ]
        return gone

    def note(
        self, month: str, words: object, run: Any = None, cell: Any = None
    ) -> Note:
        """Pin a note.

        Raises
        ------
        InputError
            If it has no text, too much of it, or if there are too many.
        """
        if len(self.notes) >= MOST_NOTES:
            allowed = f"up to {MOST_NOTES} notes"
            raise InputError([Fault("are too many", key="notes", allowed=allowed)])
        found = Note(self.next_id(), month, said(words, "text"), run, cell)
        self.notes.append(found)
        return found

    def chapter(self, month: str, words: object) -> Chapter:
        """Let the clock stop at a month."""
        found = Chapter(self.next_id(), month, said(words, "text"))
        self.chapters = sorted([*self.chapters, found], key=lambda one: one.month)
        return found

    def drop(self, what: str, number: object) -> None:
        """Take away a note or a chapter.

        Raises
        ------
        InputError
            If there is none of that number.
        """
        listed: list[Any] = getattr(self, what)
        kept = [one for one in listed if one.id != number]
        if len(kept) == len(listed):
            raise InputError([Fault("is not there", key=what, value=number)])
        setattr(self, what, kept)

    def ask(self, month: str, question: object, answers: object) -> Poll:
        """Open a poll.

        Raises
        ------
        InputError
            With everything that is wrong with it.
        """
        listed = answers if isinstance(answers, list) else []
        if not 2 <= len(listed) <= MOST_ANSWERS:
            allowed = f"2 to {MOST_ANSWERS} answers"
            fault = Fault("is no choice", key="answers", allowed=allowed)
            raise InputError([fault])
        words = tuple(said(one, "answers") for one in listed)
        asked = said(question, "question")
        self.poll = Poll(self.next_id(), asked, words, [0] * len(words), month)
        self.polls.append(self.poll)
        return self.poll

    def plain(self) -> dict[str, Any]:
        """The log as JSON holds it."""
        polls = [asdict(one) for one in self.polls]
        return {**asdict(replace(self, polls=[], poll=None)), "polls": polls}


def log_of(plain: dict[str, Any]) -> Log:
    """The log that was saved."""
    polls = [
        Poll(**{**one, "answers": tuple(one["answers"])}) for one in plain["polls"]
    ]
    return Log(
        edits=[Edit(**one) for one in plain["edits"]],
        notes=[Note(**one) for one in plain["notes"]],
        chapters=[Chapter(**one) for one in plain["chapters"]],
        polls=polls,
        last_id=int(plain["last_id"]),
    )


def said(words: object, key: str, longest: int = LONGEST_TEXT) -> str:
    """A text that somebody typed.

    Raises
    ------
    InputError
        If it is none, empty or too long.
    """
    if not isinstance(words, str) or not words.strip() or len(words) > longest:
        allowed = f"a text of up to {longest:,} characters"
        raise InputError([Fault("is not a text", key=key, allowed=allowed)])
    return words.strip()


def counts_at(chapters: Sequence[Chapter], month: str) -> Chapter | None:
    """The chapter of a month, if there is one."""
    return next((one for one in chapters if one.month == month), None)
