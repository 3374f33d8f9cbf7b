"""A merged tree to a frozen scenario, with every fault on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from model.errors import Fault, nearest
from model.months import month_name
from model.scenario.documents import Header, ScenarioFile
from model.scenario.faults import raise_all, translated
from model.scenario.fields import LAST_MONTH, read_month
from model.scenario.frozen import FrozenMap
from model.scenario.given import read_parameters
from model.scenario.levers import KINDS, Lever
from model.scenario.partial import kind_fault
from model.scenario.policies import Policy, Response
from model.scenario.scenario import Origin, Scenario, differing
from model.scenario.tree import EMPTY, Node, Path, dotted
from model.scenario.vocabulary import Vocabulary

_PLACEHOLDER = "2000-01"
_THEN_KEYS = {"after_months", "lasts_months"}
_STAND_IN = Response.model_construct(slug="")
_DATED_KEYS = {"at", "until"}


@dataclass
class Builder:
    """Turns one merged tree into levers, policies and parameters.

    Parameters
    ----------
    tree : Node
        Merged sections.
    vocabulary : Vocabulary
        Names that the model knows.
    """

    tree: Node
    vocabulary: Vocabulary
    faults: list[Fault] = field(default_factory=list)

    def scenario(self, header: Header, notes: tuple[str, ...]) -> Scenario:
        """The scenario.

        Raises
        ------
        ScenarioError
            With every fault of the tree.
        """
        start, until = self.span()
        levers = tuple(self.levers(start))
        policies = tuple(self.policies())
        self.check_slugs(levers, policies)
        given, faults = read_parameters(self.tree, self.vocabulary.catalogue)
        self.faults += faults
        raise_all(self.faults)
        catalogue = self.vocabulary.catalogue
        return Scenario(
            name=header.name,
            title=header.title,
            summary=header.summary,
            sources=header.sources,
            start=start,
            until=until,
            levers=tuple(sorted(levers, key=lambda lever: (lever.at, lever.slug))),
            policies=tuple(sorted(policies, key=lambda policy: policy.slug)),
            parameters=FrozenMap(catalogue.values(given)),
            given=FrozenMap(differing(catalogue, given)),
            origins=FrozenMap(self.origins()),
            notes=notes,
            replay=header.replay if isinstance(header, ScenarioFile) else None,
        )

    def span(self) -> tuple[int, int]:
        """First and last month simulated."""
        months: dict[str, int] = {}
        for key in ("start", "until"):
            node = self.tree.children.get(key)
            if node is None:
                self.refuse(Node({}, self.tree.file), (key,), "is missing", "a month")
                continue
            try:
                months[key] = read_month(node.plain())
            except PydanticCustomError as error:
                context = error.context or {}
                self.refuse(node, (key,), context["problem"], context["allowed"])
        start, until = months.get("start", 0), months.get("until", LAST_MONTH)
        if until < start:
            node = self.tree.children["until"]
            allowed = f"a month from {month_name(start)} on"
            self.refuse(node, ("until",), "is before the start", allowed)
        return start, until

    def validated(
        self, model: type[BaseModel], raw: Mapping[str, Any], path: Path
    ) -> Any:
        """An instance of the model, or None with faults."""
        try:
            return model.model_validate(raw, context=self.vocabulary)
        except ValidationError as error:
            self.faults += translated(error, model, self.tree, path)
            return None

    def levers(self, start: int) -> Iterator[Lever]:
        """Levers of the section, without the parameters in it."""
        section = self.tree.children.get("levers", EMPTY)
        for slug, node in section.children.items():
            if "." in slug:
                continue
            lever = self.lever(node, ("levers", slug), {})
            if lever is None:
                continue
            if lever.at < start:
                allowed = f"a month from {month_name(start)} on"
                problem = "is before the scenario starts"
                path = ("levers", slug, "at")
                self.refuse(node.children["at"], path, problem, allowed)
            yield lever

    def lever(self, node: Node, path: Path, dates: Mapping[str, str]) -> Lever | None:
        """One lever; ``dates`` stand in for those that a policy has not yet."""
        raw = node.plain()
        if not isinstance(raw, dict):
            self.refuse(node, path, "is not a mapping", "the keys of a lever")
            return None
        if "slug" in raw:
            inner = node.children["slug"]
            self.refuse(inner, (*path, "slug"), "is not a key that is known here")
        kind = raw.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            self.faults.append(kind_fault(node, path))
            # The lever that was probably meant tells what else is wrong with it.
            meant = nearest(str(kind), tuple(KINDS))
            if meant:
                raw = {**raw, **dates, "kind": meant, "slug": path[-1]}
                self.validated(KINDS[meant], raw, path)
            return None
        model = KINDS[kind]
        made = self.validated(model, {**raw, **dates, "slug": path[-1]}, path)
        return made if isinstance(made, Lever) else None

    def refuse(
        self, node: Node, path: Path, problem: str, allowed: str = "", near: str = ""
    ) -> None:
        """One more fault at a node."""
        value = None if isinstance(node.value, dict) else node.plain()
        self.faults.append(
            Fault(problem, node.file, node.line, dotted(path), value, allowed, near)
        )

    def policies(self) -> Iterator[Policy]:
        """Adaptive policies of the section."""
        section = self.tree.children.get("policies", EMPTY)
        for slug, node in section.children.items():
            path = ("policies", slug)
            raw = node.plain()
            if not isinstance(raw, dict):
                self.refuse(node, path, "is not a mapping", "the keys of a policy")
                continue
            if "then" in raw:
                raw = {**raw, "then": self.then(node.children["then"], (*path, "then"))}
            policy = self.validated(Policy, {**raw, "slug": slug}, path)
            if isinstance(policy, Policy):
                yield policy

    def then(self, then: Node, path: Path) -> tuple[Response, ...]:
        """What a policy does; a stand-in where every lever was refused already."""
        if not isinstance(then.value, dict):
            self.refuse(then, path, "is not a mapping", "levers by name")
        found = tuple(self.responses(then, path))
        return found if found or not then.children else (_STAND_IN,)

    def responses(self, then: Node, path: Path) -> Iterator[Response]:
        """Levers that wait for a policy."""
        for slug, node in then.children.items():
            inner = (*path, slug)
            for key in sorted(_DATED_KEYS & node.children.keys()):
                self.refuse(
                    node.children[key],
                    (*inner, key),
                    "has no place in a policy",
                    "'after_months' and 'lasts_months'",
                )
            kept = {k: v for k, v in node.children.items() if k not in _THEN_KEYS}
            undated = replace(node, value=kept) if node.children else node
            dates = {"at": _PLACEHOLDER}
            lever = self.lever(undated, inner, dates)
            waits = {k: v.plain() for k, v in node.children.items() if k in _THEN_KEYS}
            if lever is not None:
                raw = {**waits, "slug": slug, "template": lever}
                made = self.validated(Response, raw, inner)
                if isinstance(made, Response):
                    yield made

    def check_slugs(
        self, levers: tuple[Lever, ...], policies: tuple[Policy, ...]
    ) -> None:
        """No lever of a policy may bear the name of another lever."""
        known = {lever.slug for lever in levers}
        for policy in policies:
            for response in policy.then:
                if response.slug in known:
                    path = ("policies", policy.slug, "then", response.slug)
                    _, node = self.tree.nearest_to(path)
                    self.refuse(node, path, "is the name of another lever")
                known.add(response.slug)

    def origins(self) -> dict[str, Origin]:
        """Where each written value came from."""
        found: dict[str, Origin] = {}
        for path, node in self.tree.leaves():
            is_parameter = len(path) == 2 and "." in path[1]
            key = path[1] if is_parameter else dotted(path)
            found[key] = Origin(node.file, node.line, node.source)
        return found
