"""Whatever a room can be refused is said in its three languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from live.refusals import in_words, refusal
from model.errors import Fault, InputError, ScenarioError

ROOT = Path(__file__).parents[1]
# Where what a room asks for is refused, and what in there a room cannot ask for.
HEARD = (
    *sorted(path for path in (ROOT / "live").glob("*.py")),
    *(
        ROOT / "model" / "scenario" / f"{name}.py"
        for name in ("levers", "fields", "patch")
    ),
    ROOT / "model" / "processes" / "levers.py",
)
OF_FILES_ONLY = {
    "is not in order", "is not a delay", "is not a text in three languages",
    "has no text in '{language}'", "is not a source", "cannot be used: {error}",
}  # fmt: skip
OF_PYDANTIC = (
    "is missing", "is not a key that is known here", "is not one of the choices",
    "is empty", "is too long", "is not a finite number", "is not a number",
    "is not a whole number", "is not true or false", "is not a text", "is not a list",
    "is not a mapping", "is out of range", "is before the scenario starts",
    "is the name of another lever", "cannot be written: No space left on device",
    "names a place that the grid 'small' does not hold",
)  # fmt: skip


def told(path):
    """First words of every fault that a file can raise."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name not in ("Fault", "refused") or not node.args:
            continue
        if isinstance(node.args[0], ast.Constant | ast.JoinedStr):
            words = ast.unparse(node.args[0])
            yield re.sub(r"^f?(['\"])(.*)\1$", r"\2", words).replace("\\'", "'")


def spoken(problem):
    """What is said of a problem, without what stands for one that no text knows."""
    words = in_words(Fault(problem, value="x"))
    return None if words["fr"].startswith("Refusé") else words


def test_whatever_a_room_can_be_refused_has_words_in_three_languages():
    found = {problem for path in HEARD for problem in told(path)} - OF_FILES_ONLY
    assert len(found) > 30
    assert [one for one in sorted(found) if spoken(one) is None] == []
    assert [one for one in OF_PYDANTIC if spoken(one) is None] == []
    for one in ("has ended", "carries a later edit", "has been taken back already"):
        assert len(set(spoken(one).values())) == 3


def test_what_is_allowed_is_said_in_the_same_language():
    fault = Fault(
        "is out of range", key="levers.new.m2", value=900000,
        allowed="a number from -500,000 to 500,000",
    )  # fmt: skip
    assert in_words(fault) == {
        "en": "Floor space – 900000 is out of range. "
        "Allowed: a number from -500,000 to 500,000.",
        "fr": "Surface – 900000 est hors des limites. "
        "Admis : un nombre de -500\u202f000 à 500\u202f000.",
        "nl": "Oppervlakte – 900000 valt buiten de grenzen. "
        "Toegelaten: een getal van -500.000 tot 500.000.",
    }


def test_every_fault_is_told_and_the_unknown_as_it_is():
    error = InputError(
        [
            Fault("is an unknown place", value="reyes", nearest="reyers"),
            Fault("is a riddle", key="x"),
        ]
    )
    first, second = (one["text"] for one in refusal(error)["faults"])
    assert first["nl"] == "“reyes” bestaat hier niet. Dichtstbij: reyers."
    assert second["fr"] == "Refusé : x: is a riddle"


@pytest.mark.parametrize(
    "values",
    [
        {"where": "frame", "m2": 900000},
        {"where": "fraem", "m2": 5},
        {"where": "frame", "m2": "much"},
        {"where": "frame", "m2": 500, "until": "2017-01"},
        {"where": "frame"},
        {"where": "frame", "m2": 500, "colour": "red"},
    ],
)
def test_no_english_reaches_a_french_room_from_a_lever(scenario, values):
    """What the scenario language itself says of a lever, word by word."""
    from live.edits import added
    from model.scenario import patched
    from model.simulation import vocabulary

    _, patch = added(scenario("committed"), "floor_space", values, 12 * 2019)
    with pytest.raises(ScenarioError) as caught:
        patched(scenario("committed"), patch, vocabulary())
    for fault in caught.value.faults:
        words = in_words(fault)
        assert not words["fr"].startswith("Refusé"), fault
        # But names, which are keys of files in every language.
        names = fault.allowed if ", " in fault.allowed else ""
        english = {"the", "is", "allowed", "a number", "from", "there"}
        said = re.findall(r"\w+", words["fr"].replace(names, ""))
        assert not english & {word.lower() for word in said}, words
