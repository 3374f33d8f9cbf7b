"""What a run is known by: the same key is never computed twice.

A key says everything that the tables of a run depend on: the scenario's contents, the
grid, the replicate key, the scale, the model's own sources and data, and the scheme of
random numbers. Names, files and dates of computing are not in it.
"""

from __future__ import annotations

import hashlib
import json
import shlex
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from model.geography import load_region
from model.scenario import Scenario
from model.version import model_version as model_version

SCHEME: Final = "philox4x32-10/1"
NO_DRAW: Final = -1
_KEY_LENGTH = 32


@dataclass(frozen=True)
class RunRequest:
    """One run that somebody asks for; small enough to be sent to a worker.

    Attributes
    ----------
    scenario : Scenario
        Resolved, with the parameters of this run.
    replicate : int
        Replicate key, 0 to 2**64 - 1.
    draw : int
        Draw of the uncertain parameters; -1 where all have their given values.
    grid : str
        ``250``, ``500`` or a CSV file.
    scale : float
        Share of the population and of floor space, 0-1.
    label : str
        Name under which the run stands in tables; the scenario's own if empty.
    arguments : tuple of str
        What names the scenario on the command line, options included.
    """

    scenario: Scenario
    replicate: int = 0
    draw: int = NO_DRAW
    grid: str = "250"
    scale: float = 1.0
    label: str = ""
    arguments: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the scenario in tables."""
        return self.label or self.scenario.name

    @cached_property
    def key(self) -> str:
        """Key of the run, 32 hexadecimal digits."""
        facts = {
            "scenario": self.scenario.fingerprint,
            "region": load_region(self.grid).fingerprint,
            "replicate": self.replicate,
            "scale": float(self.scale),
            "model": model_version(),
            "scheme": SCHEME,
        }
        text = json.dumps(facts, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:_KEY_LENGTH]

    @property
    def command(self) -> str:
        """The command that repeats this run alone."""
        words = ["mediapark", "run", *(self.arguments or (self.scenario.name,))]
        words += ["--key", str(self.replicate)]
        if self.draw != NO_DRAW:
            words += ["--draw", str(self.draw)]
        if self.grid != "250":
            words += ["--grid", self.grid]
        if self.scale != 1.0:
            words += ["--scale", f"{self.scale:g}"]
        return shlex.join(words)
