"""Rules of the house that no other tool keeps."""

import ast
import importlib
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("mediapark", "live", "calibration", "experiments", "scenarios", "model")
BESIDE = ("benchmarks", "docs", ".ci")
MESA_FLOOR = (
    "model/simulation.py",
    "model/agents.py",
    "model/columns.py",
    "model/geography/",
    "live/app.py",  # Mesa's own view, for those who ask for it
)
LONGEST_FILE, LONGEST_FUNCTION = 400, 70


def python_files(*folders):
    found = (file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    return sorted(file for file in found if "templates" not in file.parts)


@cache
def tree(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def shown(file):
    return file.relative_to(ROOT).as_posix()


def module_name(file):
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = python_files(*PACKAGES)
EVERYTHING = python_files(*PACKAGES, *BESIDE)
MODULES = {module_name(file): file for file in SOURCES}


def runtime_imports(file):
    """Names of the modules that a file imports when it is imported itself."""
    top = [n for n in tree(file).body if not isinstance(n, ast.If)]
    for node in top:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def all_imports(file):
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_mesa_is_touched_on_its_own_floor_only():
    touching = [
        shown(file)
        for file in SOURCES
        if any(name.split(".")[0] == "mesa" for name in all_imports(file))
    ]
    assert [f for f in touching if not f.startswith(MESA_FLOOR)] == []


def test_there_is_no_other_source_of_randomness():
    """But that of pyABC, which one file seeds by addressed draws."""
    banned = re.compile(r"\b(np|numpy)\.random\b|^\s*(import|from) random\b", re.M)
    users = [f for f in SOURCES if banned.search(f.read_text(encoding="utf-8"))]
    assert [shown(f) for f in users] == ["calibration/abc_parts.py"]


def test_no_module_imports_itself_by_a_detour():
    edges = {
        name: {m for m in runtime_imports(file) if m in MODULES and m != name}
        for name, file in MODULES.items()
    }
    # A package's own front page re-exports its modules: that is no detour.
    edges = {
        name: {m for m in found if not name.startswith(f"{m}.")}
        for name, found in edges.items()
    }
    done, path = set(), []

    def visit(name):
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        if name in done:
            return
        path.append(name)
        for other in sorted(edges[name]):
            visit(other)
        done.add(path.pop())

    for name in sorted(edges):
        visit(name)


@pytest.mark.parametrize(
    "name", sorted(n for n, f in MODULES.items() if "__all__" in f.read_text("utf-8"))
)
def test_what_is_exported_is_there(name):
    module = importlib.import_module(name)
    assert len(set(module.__all__)) == len(module.__all__)
    missing = [one for one in module.__all__ if not hasattr(module, one)]
    assert missing == []


def test_nothing_prints_and_nothing_is_left_to_do():
    found = []
    for file in EVERYTHING:
        if not shown(file).startswith("benchmarks/"):
            for node in ast.walk(tree(file)):
                called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                if called and node.func.id == "print":
                    found.append(f"{shown(file)}:{node.lineno}: print")
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            if re.search(r"#.*\b(TODO|FIXME|XXX|HACK)\b", line):
                found.append(f"{shown(file)}:{number}: {line.strip()}")
    assert found == []


def test_files_and_functions_can_be_seen_at_once():
    found = []
    for file in EVERYTHING:
        lines = len(file.read_text("utf-8").splitlines())
        if lines > LONGEST_FILE:
            found.append(f"{shown(file)}: {lines} lines")
        for node in ast.walk(tree(file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = node.end_lineno - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    found.append(f"{shown(file)}: {node.name} has {length} lines")
    assert not found, "\n".join(found)


def test_no_file_takes_the_name_of_its_package():
    assert [shown(f) for f in SOURCES if f.stem in PACKAGES] == []


def test_every_package_that_is_there_stands_on_its_floor():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    linter = project["tool"]["importlinter"]
    layers = " ".join(linter["contracts"][0]["layers"])
    floors = set(re.findall(r"[\w.]+", layers))
    there = {p for p in PACKAGES if (ROOT / p / "__init__.py").exists()}
    assert there - {"scenarios"} <= set(linter["root_packages"])
    assert there - {"scenarios"} <= floors | {f.split(".")[0] for f in floors}
    rooms = {
        f"model.{p.stem}"
        for p in (ROOT / "model").iterdir()
        if p.stem not in ("__init__", "__pycache__")
    }
    assert rooms <= floors
