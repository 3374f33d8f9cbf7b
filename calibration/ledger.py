"""What trials have given, kept in a file: none is ever computed twice.

Each result is written when it comes and committed at once, so that nothing is lost
however the process ends. One process writes; workers only compute.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from calibration.trial import Result, Trial
from model.errors import Fault, StoreError

FILE: Final = "trials.sqlite"
_TABLE = """
CREATE TABLE IF NOT EXISTS trials (
    key TEXT PRIMARY KEY,
    point TEXT NOT NULL,
    replicate TEXT NOT NULL,
    summaries TEXT NOT NULL,
    seconds REAL NOT NULL,
    error TEXT NOT NULL
)
"""


class Ledger:
    """Results by key, in ``trials.sqlite`` of a folder.

    Parameters
    ----------
    folder : Path
        Made if it is not there.

    Raises
    ------
    StoreError
        If the folder cannot be written to, or the file is something else.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(self.path)
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.execute(_TABLE)
            self._base.commit()
        except (OSError, sqlite3.Error) as error:
            fault = Fault(f"cannot be used: {error}", str(folder))
            raise StoreError([fault]) from None
        self._known: dict[str, Result] = {}

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def __len__(self) -> int:
        return int(self._base.execute("SELECT COUNT(*) FROM trials").fetchone()[0])

    def get(self, trial: Trial) -> Result | None:
        """The result of a trial, if it is known."""
        key = trial.key
        if key not in self._known:
            row = self._base.execute(
                "SELECT summaries, seconds, error FROM trials WHERE key = ?", (key,)
            ).fetchone()
            if row is None:
                return None
            self._known[key] = Result(json.loads(row[0]), row[1], row[2])
        return self._known[key]

    def put(self, trial: Trial, result: Result) -> None:
        """Keep a result, at once."""
        key = trial.key
        self._known[key] = result
        row = (
            key, json.dumps(dict(trial.point)), str(trial.replicate),
            json.dumps(result.summaries), result.seconds, result.error,
        )  # fmt: skip
        self._base.execute(
            "INSERT OR IGNORE INTO trials VALUES (?, ?, ?, ?, ?, ?)", row
        )
        self._base.commit()

    def missing(self, trials: Iterable[Trial]) -> list[Trial]:
        """Trials that nobody has run yet, each once."""
        found: dict[str, Trial] = {}
        for trial in trials:
            if trial.key not in found and self.get(trial) is None:
                found[trial.key] = trial
        return list(found.values())


@contextmanager
def opened(folder: Path) -> Iterator[Ledger]:
    """A ledger that is closed in the end.

    Parameters
    ----------
    folder : Path
    """
    ledger = Ledger(folder)
    try:
        yield ledger
    finally:
        ledger.close()
