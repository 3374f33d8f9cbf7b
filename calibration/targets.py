"""Targets as data: what the model is compared with, and to what end.

``targets.yaml`` holds one entry for each; everything that is wrong with a file of
targets is told at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal, get_args

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from calibration.experiment import MEASURED
from calibration.summaries import SUMMARIES
from model.errors import Fault, InputError, nearest

Use = Literal["fitted", "held out", "checked"]
By = Literal["data", "parameters"]
MET_WITHIN: Final = 2.0  # standard errors
_NEEDED = ("what", "value", "error", "unit", "year", "source", "use", "by")
_KNOWN = (*_NEEDED, "summary", "why_not", "note")


@dataclass(frozen=True)
class Target:
    """A published figure with what it is compared with.

    Attributes
    ----------
    id : str
    what : str
    value, error : float
        As published, and its standard error.
    unit : str
    year : str
    source : tuple of str
        Keys of sources, names of literature, or ``assumed``.
    use : {"fitted", "held out", "checked"}
    by : {"data", "parameters"}
        Whether free parameters move it.
    summary : str
        Figure of a run or of the virtual experiment; empty where there is none.
    why_not : str
        Why the model cannot be compared; empty where it can.
    note : str
    """

    id: str
    what: str
    value: float
    error: float
    unit: str
    year: str
    source: tuple[str, ...]
    use: Use
    by: By
    summary: str = ""
    why_not: str = ""
    note: str = ""

    @property
    def band(self) -> tuple[float, float]:
        """Within which the model's figure meets the target."""
        width = MET_WITHIN * self.error
        return self.value - width, self.value + width

    def off(self, figure: float) -> float:
        """How far a figure is off, in standard errors of the target."""
        return (figure - self.value) / self.error

    def is_met_by(self, figure: float) -> bool:
        """Whether a figure lies within the band."""
        return abs(self.off(figure)) <= MET_WITHIN

    @property
    def is_from_experiment(self) -> bool:
        """Whether it asks for the virtual experiment rather than for a run."""
        return self.summary in MEASURED


@dataclass(frozen=True)
class Targets:
    """Targets by use.

    Attributes
    ----------
    every : tuple of Target
    """

    every: tuple[Target, ...]

    def __iter__(self) -> Iterator[Target]:
        return iter(self.every)

    def of(self, *uses: Use) -> tuple[Target, ...]:
        """Those of some uses that the model can be compared with."""
        return tuple(one for one in self.every if one.use in uses and one.summary)

    @property
    def fitted(self) -> tuple[Target, ...]:
        """Those that the calibration sees: fitted, and moved by free parameters."""
        return tuple(one for one in self.of("fitted") if one.by == "parameters")


@cache
def shipped_targets() -> Targets:
    """The targets that come with the model."""
    return read_targets(Path(str(resources.files("calibration") / "targets.yaml")))


def read_targets(path: Path) -> Targets:
    """Targets of a file.

    Raises
    ------
    InputError
        With one fault for each thing that is wrong.
    """
    try:
        loaded = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, MarkedYAMLError) as error:
        raise InputError([Fault(f"cannot be read: {error}", path.name)]) from None
    if not isinstance(loaded, Mapping):
        raise InputError([Fault("holds no targets", path.name, allowed="id: {...}")])
    faults = [
        fault
        for name, entry in loaded.items()
        for fault in _faults(path.name, str(name), entry)
    ]
    if faults:
        raise InputError(faults)
    return Targets(tuple(_target(str(name), entry) for name, entry in loaded.items()))


def _faults(file: str, name: str, entry: Any) -> Iterable[Fault]:
    if not isinstance(entry, Mapping):
        yield Fault("is no target", file, key=name, value=entry, allowed="{what: ...}")
        return
    for key in entry:
        if key not in _KNOWN:
            near = nearest(str(key), _KNOWN)
            yield Fault("is unknown", file, key=f"{name}.{key}", nearest=near)
    for key in _NEEDED:
        if key not in entry:
            yield Fault("is missing", file, key=f"{name}.{key}")
    for key in ("value", "error"):
        value = entry.get(key, 1.0)
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Fault("is not a number", file, key=f"{name}.{key}", value=value)
        elif key == "error" and value <= 0:
            where = f"{name}.error"
            yield Fault("is no error", file, key=where, value=value, allowed="above 0")
    for key, kinds in (("use", get_args(Use)), ("by", get_args(By))):
        if entry.get(key, kinds[0]) not in kinds:
            yield Fault(
                "is unknown", file, key=f"{name}.{key}", value=entry[key],
                allowed=", ".join(kinds), nearest=nearest(str(entry[key]), kinds),
            )  # fmt: skip
    names = (*SUMMARIES, *MEASURED)
    if "summary" in entry and entry["summary"] not in names:
        near = nearest(str(entry["summary"]), names)
        where = f"{name}.summary"
        yield Fault("is unknown", file, key=where, value=entry["summary"], nearest=near)
    if ("summary" in entry) == ("why_not" in entry):
        allowed = "a summary, or a reason why there is none"
        yield Fault("says too much or too little", file, key=name, allowed=allowed)


def _target(name: str, entry: Mapping[str, Any]) -> Target:
    sources = entry["source"]
    told = sources if isinstance(sources, list) else [sources]
    return Target(
        id=name,
        what=str(entry["what"]),
        value=float(entry["value"]),
        error=float(entry["error"]),
        unit=str(entry["unit"]),
        year=str(entry["year"]),
        source=tuple(str(one) for one in told),
        use=entry["use"],
        by=entry["by"],
        summary=str(entry.get("summary", "")),
        why_not=str(entry.get("why_not", "")),
        note=str(entry.get("note", "")),
    )
