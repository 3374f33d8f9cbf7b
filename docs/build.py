"""Writes the reference pages from the model itself.

``python docs/build.py`` writes them, ``python docs/build.py --check`` only says which
are out of date. What a page says in words stands in ``docs/templates``; every table and
equation comes from the code, so that no page can describe a former program.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2
from markup import (
    allowed,
    attributes,
    first_line,
    inline,
    linked,
    markdown,
    number,
    span,
    table,
)
from picture import region_svg

from experiments import precision
from experiments.sweep import folder, methods
from experiments.sweep.document import DesignFile
from experiments.sweep.methods import METHODS
from experiments.sweep.reading import read_design, shipped_designs
from model import agents, population, streams
from model.columns import Column, declared_columns
from model.geography import floor_space, load_region, travel
from model.geography import surroundings as ground
from model.geography.tables import grid_columns
from model.indicators import INDICATORS
from model.months import month_name
from model.population import base_flows, base_year, demography, zone_constants
from model.population.tables import named_firms
from model.processes.state import Cells
from model.scenario import json_schema, list_scenarios, read_scenario
from model.scenario.levers import KINDS, Lever
from model.simulation import CATALOGUE, SCHEDULE, vocabulary

HERE = Path(__file__).parent
MARK = "<!-- Written by docs/build.py: change the model or docs/templates. -->\n\n"
Facts = dict[str, Any]
INITIALISATION = (
    ("Firms", population.firms), ("People", population.people),
    ("Communities", population.communities),
    ("Constants of the base year", base_year), ("Flows of the base state", base_flows),
    ("Zone constants", zone_constants), ("Drift of firms", demography),
    ("Floor space and rents", floor_space), ("Stops and quality", ground),
    ("Travel", travel),
)  # fmt: skip


def odd() -> Facts:
    """What the model description shows: agents, order of the month, equations."""
    region = load_region()
    entities = [
        (kind.__name__, markdown(kind.__doc__), columns_table(kind))
        for kind in (agents.Firm, agents.Employee, agents.Freelancer, agents.Community)
    ]
    steps = [(process.name, module_of(process.apply)) for process in SCHEDULE]
    blocks = {declared_in(kind): name for name, kind in CATALOGUE.blocks.items()}
    return {
        "entities": entities,
        "cells": table(
            ("variable", "type, unit", "meaning"), attributes(Cells.__doc__)
        ),
        "schedule": table(
            ("", "process", "what happens", "file"),
            (
                (at, name, inline(first_line(module.__doc__)), file_of(module))
                for at, (name, module) in enumerate(steps, 1)
            ),
        ),
        "submodels": [
            (
                name,
                markdown(module.__doc__),
                blocks.get(module.__name__),
                file_of(module),
            )
            for name, module in steps
        ],
        "initialisation": [
            (title, markdown(module.__doc__)) for title, module in INITIALISATION
        ],
        "streams": markdown(streams.__doc__),
        "size": {
            "cells": len(region),
            "communes": len(region.communes),
            "neighbourhoods": len(region.neighbourhoods),
            "zones": len(region.zones),
            "parameters": len(CATALOGUE),
            "uncertain": len(CATALOGUE.with_role("uncertain")),
            "calibrated": len(CATALOGUE.with_role("calibrated")),
            "fixed": len(CATALOGUE.with_role("fixed")),
            "low": sum(d.parameter.confidence == "L" for d in CATALOGUE),
            "indicators": len(INDICATORS),
        },
    }


def module_of(function: Callable[..., object]) -> ModuleType:
    """The module that a process stands in."""
    return sys.modules[function.__module__]


def file_of(module: ModuleType) -> str:
    """A link to the file of a module."""
    path = module.__name__.replace(".", "/") + ".py"
    return f"[{path}](../{path})"


def declared_in(block: type) -> str:
    """Name of the module that declares a block of parameters."""
    return block.__module__


def columns_table(kind: type[Any]) -> str:
    """State variables of one kind of agent."""
    return table(
        ("attribute", "unit", "type", "meaning"),
        (
            (f"`{name}`", column.unit, shape(column), column.means)
            for name, column in declared_columns(kind).items()
        ),
    )


def shape(column: Column) -> str:
    """Type of a column, with the number of values if there is more than one."""
    return f"{column.dtype}[{column.width}]" if column.width else str(column.dtype)


def parameters() -> Facts:
    """Every parameter, by block."""
    head = (
        "name", "default", "unit", "plausible", "allowed", "role", "conf.", "meaning",
        "source",
    )  # fmt: skip
    blocks = []
    for block, declaration in CATALOGUE.blocks.items():
        rows = []
        for declared in CATALOGUE:
            p = declared.parameter
            if declared.block == block:
                row = (
                    f"`{declared.name}`", number(p.default), p.unit, span(p.plausible),
                    span(p.hard), p.role, p.confidence, p.means, linked(p.source),
                )  # fmt: skip
                rows.append(row)
        module = sys.modules[declared_in(declaration)]
        blocks.append(
            (block, first_line(declaration.__doc__), file_of(module), table(head, rows))
        )
    return {"blocks": blocks, "count": len(CATALOGUE)}


def indicators() -> Facts:
    """Every indicator."""
    head = ("name", "unit", "told by", "better", "English", "French", "Dutch", "caveat")
    levels = {"subsector": "zone and subsector"}
    rows = (
        (
            f"`{i.name}`", i.unit, levels.get(i.level, i.level), i.better,
            *(i.definition[language] for language in ("en", "fr", "nl")), i.caveat,
        )
        for i in INDICATORS.values()
    )  # fmt: skip
    return {"indicators": table(head, rows)}


def scenarios() -> Facts:
    """The language, and what is shipped."""
    known = vocabulary()
    files = {kind: json_schema(known, kind) for kind in ("scenario", "override")}
    kinds = {
        option["title"]: option
        for option in files["scenario"]["$defs"]["lever"]["anyOf"]
        if option.get("title") in KINDS
    }
    common = set(Lever.model_fields)
    policy = files["scenario"]["$defs"]["policies"]["patternProperties"]
    whole = next(iter(policy.values()))["anyOf"][0]
    region = load_region()
    return {
        "scenario_keys": keys_table(files["scenario"]),
        "override_keys": keys_table(files["override"], leave=files["scenario"]),
        "lever_keys": keys_table(kinds["quality"], only=common - {"kind"}),
        "kinds": [
            (name, first_line(KINDS[name].__doc__), keys_table(schema, leave=common))
            for name, schema in kinds.items()
        ],
        "policy_keys": keys_table(whole),
        "trigger_keys": keys_table(whole["properties"]["when"]),
        "shipped": [shipped(entry) for entry in list_scenarios()],
        "zones": table(
            ("id", "name"), ((f"`{z.id}`", z.name["en"]) for z in region.zones)
        ),
        "places": table(
            ("id", "name", "kind"),
            ((f"`{p.id}`", p.name["en"], p.kind) for p in region.sites),
        ),
        "firms": table(
            ("id", "name", "jobs", "known how", "source"),
            (
                (f"`{f.id}`", f.name, number(f.jobs), f.nature, linked(f.source))
                for f in named_firms()
            ),
        ),
    }


def keys_table(schema: Facts, only: Any = None, leave: Any = ()) -> str:
    """The keys of a part of a file."""
    leave = leave.get("properties", ()) if isinstance(leave, dict) else leave
    required = schema.get("required", ())
    rows = []
    for key, value in schema["properties"].items():
        if (only is not None and key not in only) or key in leave:
            continue
        default = value.get("default")
        shown = "**required**" if key in required else plain_default(default)
        means = inline(value.get("description", ""))
        rows.append((f"`{key}`", allowed(value), shown, means))
    return table(("key", "what may stand there", "if left out", "meaning"), rows)


def plain_default(value: object) -> str:
    """A default in words."""
    if value is None or value == [] or value == {"low": 0, "mode": 0, "high": 0}:
        return "nothing"
    return f"`{json.dumps(value)}`"


def shipped(entry: Any) -> Facts:
    """A scenario or override that comes with the package."""
    facts = {"name": entry.name, "kind": entry.kind, "base": entry.base,
             "title": entry.title["en"], "summary": entry.summary["en"]}  # fmt: skip
    if entry.kind == "scenario":
        base = read_scenario(entry.base, vocabulary()).levers if entry.base else ()
        scenario = read_scenario(entry.name, vocabulary())
        own = [lever for lever in scenario.levers if lever not in base]
        facts["levers"] = levers_table(own) if own else ""
    return facts


def levers_table(levers: list[Lever]) -> str:
    """Levers of a scenario, with what the public pays for them."""
    head = ("lever", "kind", "from", "until", "public cost", "nature", "source")
    return table(
        head,
        (
            (
                lever.title["en"], f"`{lever.kind}`", month_name(lever.at),
                "" if lever.until is None else month_name(lever.until),
                cost(lever), lever.nature, linked(", ".join(lever.source)),
            )
            for lever in levers
        ),
    )  # fmt: skip


def cost(lever: Lever) -> str:
    """Public cost of a lever in words."""
    parts = []
    if lever.cost_eur is not None:
        parts.append(f"{number(lever.cost_eur)} EUR")
    if lever.cost_eur_year is not None:
        parts.append(f"{number(lever.cost_eur_year)} EUR a year")
    if parts and lever.region_share < 1.0:
        parts.append(f"{lever.region_share:.0%} by the Region")
    return ", ".join(parts)


def designs() -> Facts:
    """The keys of a design, the methods, and what is shipped."""
    read = [read_design(name) for name in shipped_designs()]
    return {
        "keys": keys_table(DesignFile.model_json_schema()),
        "methods": [
            (
                name,
                first_line(method.__doc__),
                keys_table(method.model_json_schema(), leave=("kind",)),
                method.grows,
            )
            for name, method in METHODS.items()
        ],
        "nesting": markdown(methods.__doc__),
        "folder": markdown(folder.__doc__),
        "precision": markdown(precision.__doc__),
        "shipped": table(
            ("name", "question", "method", "factors", "points", "runs"),
            (
                (
                    f"[`{one.name}`](../experiments/designs/{one.name}.yaml)",
                    one.question, one.method.kind, len(one.problem),
                    number(len(one.sample)),
                    number(len(one.sample) * one.runs_per_point),
                )
                for one in read
            ),
        ),
    }  # fmt: skip


def sources() -> Facts:
    """Sources by key, and literature by short name."""
    found: Facts = {}
    for name, column in (("sources", "key"), ("literature", "name")):
        with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        head = [key for key in rows[0] if key != "address"]
        found[name] = table(
            [key.replace("_", " ") for key in head],
            ([source_cell(row, key, column) for key in head] for row in rows),
        )
    return found


def source_cell(row: dict[str, str], key: str, name: str) -> str:
    """A cell of a table of sources: keys carry an anchor, titles their address."""
    if key == name == "key":
        return f'<a id="{row[key].lower()}"></a>{row[key]}'
    if key == "title" and row["address"]:
        return f"[{row[key]}](<{row['address']}>)"
    return row[key]


def custom_grid() -> Facts:
    """The columns of a grid."""
    rows = (
        (f"`{c.name}`", c.allowed.replace("some text", "text"),
         "may be absent" if c.optional else "")
        for c in grid_columns()
    )  # fmt: skip
    return {"columns": table(("column", "what may stand there", ""), rows)}


PAGES: dict[str, Callable[[], Facts]] = {
    "odd": odd,
    "parameters": parameters,
    "indicators": indicators,
    "scenarios": scenarios,
    "designs": designs,
    "sources": sources,
    "custom-grid": custom_grid,
}


def pages() -> dict[Path, str]:
    """All generated files with their contents."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    texts = {
        HERE / f"{name}.md": MARK
        + environment.get_template(f"{name}.md").render(facts())
        for name, facts in PAGES.items()
    }
    texts[HERE / "region.svg"] = region_svg()
    return texts


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` name those that differ."""
    stale = [
        (path, text)
        for path, text in pages().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    check = arguments == ["--check"]
    for path, text in stale:
        state = "is out of date: run 'make docs'" if check else "written"
        sys.stdout.write(f"{path.relative_to(HERE.parent)} {state}\n")
        if not check:
            path.write_text(text, encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
