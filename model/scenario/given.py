"""Parameters of a tree: uncertainties under their section, levers under theirs."""

from __future__ import annotations

from dataclasses import replace

from model.errors import Fault
from model.parameters import Catalogue
from model.scenario.tree import EMPTY, Node, dotted


def read_parameters(
    tree: Node, catalogue: Catalogue
) -> tuple[dict[str, float], list[Fault]]:
    """Values by dotted name, and the faults of those that were refused.

    A parameter with the role ``lever`` is written under ``levers`` by its dotted name,
    any other one under ``uncertainties``.
    """
    given: dict[str, float] = {}
    faults: list[Fault] = []
    for section in ("uncertainties", "levers"):
        for name, node in tree.children.get(section, EMPTY).children.items():
            if section == "levers" and "." not in name:
                continue
            if node.value is None:
                continue
            found = _faults(section, name, node, catalogue)
            faults += found
            if not found:
                given[name] = float(node.plain())
    return given, faults


def _faults(section: str, name: str, node: Node, catalogue: Catalogue) -> list[Fault]:
    key = dotted((section, name))
    found = [
        replace(fault, file=node.file, line=node.line, key=key)
        for fault in catalogue.faults({name: node.plain()})
    ]
    if found:
        return found
    is_lever = catalogue[name].role == "lever"
    if is_lever == (section == "levers"):
        return []
    what = "is a lever, not an uncertainty" if is_lever else "is not a lever"
    where = "'levers'" if is_lever else "'uncertainties'"
    fault = Fault(what, node.file, node.line, key, node.plain(), f"under {where}")
    return [fault]
