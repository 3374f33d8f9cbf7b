"""Documents say what the program does: pages come from it, examples run."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
HAND = ["README.md", "DESIGN.md", "CONVENTIONS.md", "CHANGELOG.md"]
PAGES = sorted([ROOT / name for name in HAND] + list(DOCS.glob("*.md")))
RUN = ["tutorial.md", "tutorial-sensitivity.md", "custom-grid.md"]

# Each key stands for a source: in scenarios, tables, docstrings and parameters.
SEARCHED = ("*.py", "*.yaml", "*.csv", "*.md", "*.jinja")
KEY = re.compile(r"(?<![\w#/-])S\d{2,3}(?![\w-])")
INVENTED = {"tests"}  # refusals are tried with keys that do not exist


def shown(file):
    return file.relative_to(ROOT).as_posix()


def blocks(file, language):
    text = file.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def test_generated_pages_are_up_to_date():
    done = subprocess.run(
        [sys.executable, "docs/build.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@pytest.mark.parametrize("name", RUN)
def test_examples_run(name, tmp_path, monkeypatch):
    found = blocks(DOCS / name, "python")
    assert found
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    space = {"__name__": name}
    for number, block in enumerate(found, 1):
        exec(compile(block, f"{name}, block {number}", "exec"), space)


def test_the_scenario_on_show_can_be_used(tmp_path):
    from model.scenario import check
    from model.simulation import vocabulary

    (shown_scenario,) = blocks(DOCS / "scenarios.md", "yaml")
    name = re.search(r"^name: (.*)$", shown_scenario, re.M)[1]
    file = tmp_path / f"{name}.yaml"
    file.write_text(shown_scenario, encoding="utf-8")
    assert check([file], vocabulary()) == []


def test_every_source_key_is_in_the_list():
    with (DOCS / "sources.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = [row["key"] for row in rows]
    assert len(set(keys)) == len(keys)
    assert all(row["title"] and row["year"] for row in rows)
    unknown = {}
    for pattern in SEARCHED:
        for file in ROOT.rglob(pattern):
            parts = file.relative_to(ROOT).parts
            if parts[0].startswith(".") or parts[0] in INVENTED | {"results", "build"}:
                continue
            for key in set(KEY.findall(file.read_text(encoding="utf-8"))) - set(keys):
                unknown.setdefault(key, []).append(shown(file))
    assert unknown == {}


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_links_lead_somewhere(page):
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    broken = []
    for link in re.findall(r"\]\(([^)<\s]+)\)", text):
        path, _, anchor = link.partition("#")
        if path.startswith(("http:", "https:", "mailto:")):
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def anchors(page):
    text = page.read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.*)$", text, re.M)
    slugs = (re.sub(r"[^\w\- ]", "", t.lower()).replace(" ", "-") for t in titles)
    return {*slugs, *re.findall(r'<a id="([^"]+)">', text)}


def test_hand_written_pages_keep_to_the_width():
    long = []
    for page in [ROOT / name for name in HAND] + sorted(DOCS.glob("tutorial*.md")):
        for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
            if len(line) > 90 and not line.startswith("|") and "](" not in line:
                long.append(f"{shown(page)}:{number}")
    assert long == []


def test_what_the_readme_tells_to_make_can_be_made():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    told = set()
    for page in HAND:
        text = (ROOT / page).read_text("utf-8")
        told |= set(re.findall(r"`make ([a-z]+)", text))
        for block in re.findall(r"^```.*?^```", text, re.M | re.S):
            told |= set(re.findall(r"^make ([a-z]+)", block, re.M))
    assert {"compare", "test"} <= told <= targets


def test_commands_in_the_readme_are_there():
    from typer.main import get_command

    from mediapark.cli import app

    commands = set(get_command(app).commands)
    told = set()
    for page in PAGES:
        text = page.read_text("utf-8")
        told |= set(re.findall(r"(?:^|`|/bin/)mediapark ([a-z]+)", text, re.M))
    assert told <= commands
