"""One scenario or override file: its upper part, its sections, its faults."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

from pydantic import BeforeValidator, ValidationError

from model.errors import Fault, ScenarioError
from model.scenario.faults import translated
from model.scenario.fields import Month, Record, Slug, Sources, Title, named_schema
from model.scenario.files import file_name, read_text
from model.scenario.partial import partial_faults
from model.scenario.scenario import Replay
from model.scenario.tree import Node, dotted, read_tree
from model.scenario.vocabulary import Vocabulary

SECTIONS = ("start", "until", "levers", "policies", "uncertainties")


class Use(Record):
    """An override in the list of a scenario, with leave to replace."""

    use: Slug
    """Name of the override."""
    replace: bool = False
    """Whether it may change what an earlier override changed."""


def _read_use(value: object) -> object:
    return {"use": value} if isinstance(value, str) else value


_NameOrUse: TypeAlias = Annotated[Use, BeforeValidator(_read_use), named_schema("use")]


class Header(Record):
    """What scenarios and overrides share."""

    name: Slug
    """Name of the file, without its ending."""
    title: Title
    """Title in English, French and Dutch."""
    summary: Title
    """One or two sentences in English, French and Dutch."""
    sources: Sources
    """Where its numbers come from."""
    levers: dict[str, Any] | None = None
    """Levers by name: what the Region, a broadcaster or the room can choose."""
    policies: dict[str, Any] | None = None
    """Adaptive policies by name."""
    uncertainties: dict[str, Any] | None = None
    """Parameters that nobody controls, by dotted name."""


class ScenarioFile(Header):
    """A scenario as it is written."""

    base: Slug | None = None
    """Name of the scenario that this one is built on."""
    overrides: tuple[_NameOrUse, ...] = ()
    """Overrides laid on the base, in this order."""
    start: Month | None = None
    """First month simulated."""
    until: Month | None = None
    """Last month simulated."""
    replay: Annotated[Replay | None, named_schema("replay")] = None
    """The run that it was played as; ``run`` repeats it unless told otherwise."""


class OverrideFile(Header):
    """An override as it is written: a small partial tree with one idea."""

    replace: bool = False
    """Whether it may change what an earlier override changed."""


H = TypeVar("H", bound=Header)


@dataclass(frozen=True)
class Document(Generic[H]):
    """A file that was read.

    Attributes
    ----------
    header : Header or None
        What stands above the sections; None where it could not be read.
    tree : Node
        The sections; parameters stand under their dotted names.
    whole : Node
        The file as it was written.
    faults : tuple of Fault
        What is wrong with the file by itself.
    """

    header: H | None
    tree: Node
    whole: Node
    faults: tuple[Fault, ...]

    def place(self, key: str) -> Node:
        """Where a key of the upper part stands."""
        return self.whole.children.get(key, self.whole)


def read_document(
    file: Traversable, model: type[H], vocabulary: Vocabulary | None
) -> Document[H]:
    """One scenario or override file.

    Parameters
    ----------
    file : file of a folder or package
        What to read.
    model : class
        ``ScenarioFile`` or ``OverrideFile``.
    vocabulary : Vocabulary or None
        Names that the model knows; None checks the upper part only.

    Raises
    ------
    ScenarioError
        If it cannot be read as a mapping.
    """
    shown = file_name(file)
    tree, faults = read_tree(read_text(file), shown)
    if not isinstance(tree.value, dict):
        problem = "the file is empty" if tree.value is None else "is not a mapping"
        raise ScenarioError([Fault(problem, shown, allowed="keys with values")])
    header: H | None = None
    try:
        header = model.model_validate(tree.plain())
    except ValidationError as error:
        faults += translated(error, model, tree, ())
    stem = file.name.rsplit(".", 1)[0]
    if header is not None and header.name != stem:
        line = tree.children["name"].line
        problem = "is not the name of the file"
        faults.append(Fault(problem, shown, line, "name", header.name, stem))
    source = "" if header is None else ";".join(header.sources)
    sections = _stamped(_sections(tree, faults), source)
    if vocabulary is not None:
        faults += partial_faults(sections, vocabulary)
    return Document(header, sections, tree, tuple(faults))


def _sections(tree: Node, faults: list[Fault]) -> Node:
    kept = {key: tree.children[key] for key in SECTIONS if key in tree.children}
    if "uncertainties" in kept:
        flat = flattened(kept["uncertainties"], faults)
        kept["uncertainties"] = replace(kept["uncertainties"], value=flat)
    return replace(tree, value=kept)


def flattened(section: Node, faults: list[Fault]) -> dict[str, Node]:
    """Parameters by dotted name, whether written flat or in blocks."""
    flat: dict[str, Node] = {}
    for path, leaf in section.leaves():
        name = dotted(path)
        if name in flat:
            problem = f"is written twice (first: line {flat[name].line})"
            faults.append(Fault(problem, leaf.file, leaf.line, f"uncertainties.{name}"))
        flat[name] = leaf
    return flat


def _stamped(node: Node, source: str) -> Node:
    own = node.children.get("source")
    if own is not None:
        written = own.plain()
        source = written if isinstance(written, str) else ";".join(map(str, written))
    if isinstance(node.value, dict):
        inner = {key: _stamped(child, source) for key, child in node.value.items()}
        return replace(node, value=inner, source=source)
    return replace(node, source=source)
