"""The scenario language: YAML in, one frozen and resolved scenario out.

A file holds dated levers (what somebody can choose), adaptive policies, and
uncertainties (what nobody controls).  It names its base and a list of overrides, which
are small partial trees with one idea each.  The priority in one sentence: base <
overrides in order < the scenario's own keys < ``--set``.
"""

from model.scenario.explain import Difference, explain
from model.scenario.frozen import FrozenMap
from model.scenario.levers import (
    AnchorArrival,
    AnchorJobs,
    AnchorMove,
    CommunitySupport,
    Coworking,
    Delay,
    FloorSpace,
    Lever,
    Quality,
    RentSubsidy,
    SkillsProgramme,
    Telework,
    Transit,
)
from model.scenario.listing import Entry, check, list_scenarios
from model.scenario.patch import Patch, patched
from model.scenario.policies import Policy, Response, Trigger
from model.scenario.resolve import read_scenario
from model.scenario.scenario import Origin, Replay, Scenario
from model.scenario.schema import json_schema
from model.scenario.vocabulary import OUTSIDE, REGION, Vocabulary
from model.scenario.writing import lever_document, yaml_of

__all__ = [
    "OUTSIDE",
    "REGION",
    "AnchorArrival",
    "AnchorJobs",
    "AnchorMove",
    "CommunitySupport",
    "Coworking",
    "Delay",
    "Difference",
    "Entry",
    "FloorSpace",
    "FrozenMap",
    "Lever",
    "Origin",
    "Patch",
    "Policy",
    "Quality",
    "RentSubsidy",
    "Replay",
    "Response",
    "Scenario",
    "SkillsProgramme",
    "Telework",
    "Transit",
    "Trigger",
    "Vocabulary",
    "check",
    "explain",
    "json_schema",
    "lever_document",
    "list_scenarios",
    "patched",
    "read_scenario",
    "yaml_of",
]
