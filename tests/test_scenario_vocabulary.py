"""A small vocabulary for the scenario tests, and the schema made from it."""

import json
from typing import Annotated, NamedTuple

from model.parameters import Catalogue, Parameter, calibrated, uncertain
from model.scenario import OUTSIDE, Vocabulary, json_schema, read_scenario

FACTS = {"unit": "points", "source": "assumed", "confidence": "L", "means": "a number"}


class Telework(NamedTuple):
    before: Annotated[
        float, uncertain(0.10, hard=(0, 1), plausible=(0.05, 0.2), **FACTS)
    ]
    after: Annotated[float, uncertain(0.35, hard=(0, 1), plausible=(0.2, 0.5), **FACTS)]


class Growth(NamedTuple):
    trend: Annotated[
        float,
        uncertain(-0.005, hard=(-0.1, 0.1), plausible=(-0.02, 0.015), **FACTS),
    ]


class SiteChoice(NamedTuple):
    rent: Annotated[
        float, calibrated(-1.5, hard=(-10, 0), plausible=(-4, -0.3), **FACTS)
    ]


class Support(NamedTuple):
    energy: Annotated[
        float,
        Parameter(
            default=0.05, hard=(0, 1), plausible=(0, 0.15), role="lever", **FACTS
        ),
    ]


ZONES = (
    "reyers european-quarter ixelles canal centre north midi evere schaerbeek"
    " saint-josse etterbeek ixelles-south saint-gilles forest uccle anderlecht"
    " molenbeek-koekelberg north-west laeken-haren woluwe-saint-lambert"
    " woluwe-saint-pierre auderghem-boitsfort"
)
PLACES = (
    "mediapark frame colonel-bourg meiser tour-taxis flagey luxembourg dansaert ulb vub"
)
FIRMS = "vrt rtbf rtl bx1 ihecs rossel mediafin ipm belga bruzz"

VOCABULARY = Vocabulary(
    catalogue=Catalogue(
        {
            "telework": Telework,
            "growth": Growth,
            "site_choice": SiteChoice,
            "support": Support,
        }
    ),
    places=tuple(PLACES.split()),
    firms=tuple(FIRMS.split()),
    zones=tuple(ZONES.split()),
    indicators=("jobs", "vacancy"),
)

HEAD = "name: {name}\ntitle: A title\nsummary: A summary.\nsources: assumed\n"
FRAME = """\
  frame:
    kind: floor_space
    title: Offices
    at: 2025-11
    where: frame
    m2: 5000
    source: S30
    nature: official
"""
PARK = """\
  park:
    kind: quality
    title: Park
    at: 2031-06
    where: [mediapark, frame]
    change: 0.2
    source: assumed
    nature: assumed
"""
BASE = f"start: 2018-01\nuntil: 2040-12\nlevers:\n{FRAME}{PARK}"
POLICY = """\
policies:
  relief:
    title: Relief
    source: assumed
    nature: assumed
    when: {indicator: vacancy, zone: reyers, above: 0.2, from: 2027-01, for_months: 3}
    then:
      help:
        kind: rent_subsidy
        title: Help
        after_months: 6
        lasts_months: 60
        where: reyers
        share: 0.3
        source: assumed
        nature: assumed
"""


class Folder:
    """A folder with a scenario ``base``, to which a test adds files."""

    def __init__(self, path):
        self.path = path
        (path / "overrides").mkdir()
        self.write("base", BASE)

    def write(self, name, body):
        file = self.path / f"{name}.yaml"
        text = HEAD.format(name=file.stem) + body
        file.write_text(text, encoding="utf-8")

    def override(self, name, body):
        self.write(f"overrides/{name}", body)

    def read(self, name="base", **how):
        return read_scenario(name, VOCABULARY, folder=self.path, **how)


def lever(scenario, slug):
    return next(lever for lever in scenario.levers if lever.slug == slug)


def references(part):
    """Every definition that a schema points to."""
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].removeprefix("#/$defs/")
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def test_every_reference_of_the_schema_is_defined():
    for of in ("scenario", "override"):
        schema = json_schema(VOCABULARY, of)
        assert set(references(schema)) <= set(schema["$defs"])
        assert json.loads(json.dumps(schema)) == schema


def test_the_schema_knows_the_names_of_the_model():
    defs = json_schema(VOCABULARY)["$defs"]
    assert defs["firm"]["enum"] == FIRMS.split()
    assert defs["destination"]["enum"] == [*ZONES.split(), *PLACES.split(), OUTSIDE]
    assert defs["uncertainties"]["properties"]["telework.after"]["maximum"] == 1
    assert defs["uncertainties"]["properties"]["telework"]["properties"].keys() == {
        "before",
        "after",
    }
    assert "support.energy" in defs["levers"]["properties"]
    assert "support.energy" not in defs["uncertainties"]["properties"]


def test_the_schema_of_a_lever_holds_what_a_person_writes():
    kinds = json_schema(VOCABULARY)["$defs"]["lever"]["anyOf"][:-1]
    assert {kind["properties"]["kind"]["const"] for kind in kinds} == {
        "floor_space",
        "rent_subsidy",
        "anchor_move",
        "anchor_jobs",
        "anchor_arrival",
        "transit",
        "quality",
        "community_support",
        "coworking",
        "telework",
        "skills_programme",
    }
    for kind in kinds:
        assert "slug" not in kind["properties"]
        assert {"kind", "title", "at", "source", "nature"} <= set(kind["required"])


def test_only_a_scenario_has_a_base_and_only_an_override_replaces():
    scenario = json_schema(VOCABULARY)["properties"]
    override = json_schema(VOCABULARY, "override")["properties"]
    assert "base" in scenario and "replace" not in scenario
    assert "replace" in override and "start" not in override
