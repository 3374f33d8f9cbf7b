"""What is needed to install, run and test the software is there and agrees."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def name_of(requirement):
    found = re.match(r"[A-Za-z0-9._-]+", requirement)[0]
    return re.sub(r"[-_.]+", "-", found).lower()


def pins():
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_constraints_are_exact_and_name_no_index():
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+", pin) for pin in pins())
    names = [name_of(pin) for pin in pins()]
    assert names == sorted(names)
    assert len(set(names)) == len(names)


def test_constraints_cover_what_is_run_and_tested_with():
    names = {name_of(pin) for pin in pins()}
    needed = {name_of(one) for one in PROJECT["dependencies"] + EXTRAS["dev"]}
    assert needed <= names


def test_test_tools_and_servers_are_no_hard_dependencies():
    hard = {name_of(one) for one in PROJECT["dependencies"]}
    soft = {name_of(one) for extra in EXTRAS.values() for one in extra}
    assert hard & soft == {"mesa"}  # its own view takes fewer versions than the model


def test_versions_agree():
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    version = PROJECT["version"]
    assert f"\nversion: {version}\n" in citation
    assert f"## {version}" in changes


def test_every_console_script_can_be_found():
    for target in PROJECT["scripts"].values():
        module = target.partition(":")[0].replace(".", "/")
        assert (ROOT / f"{module}.py").exists() or (ROOT / module).is_dir()


def test_ci_runs_the_test_command_of_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    ci = ROOT / ".ci" / "run"
    assert "make test" in readme
    assert re.search(r"^part .* make test$", ci.read_text("utf-8"), re.M)
    assert os.access(ci, os.X_OK)


@pytest.mark.parametrize("target", ["compare", "test", "check", "docs", "clean"])
def test_make_knows_what_to_do(target):
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_a_machine_without_python_gets_a_message(tmp_path):
    done = subprocess.run(
        ["make", "test", f"VENV={tmp_path}/env", "PYTHON=no-such-python"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "No Python 3.11, 3.12 or 3.13 found" in done.stderr
