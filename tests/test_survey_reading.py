"""Files of answers: each way to fail in its file, and what is never shown."""

import json
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from calibration.estimates import estimates
from calibration.survey.codebook import PARTS, codebook, limits
from calibration.survey.reading import read_survey
from calibration.survey.synthetic import FOLDER as SHIPPED
from mediapark.cli import app
from model.errors import InputError
from model.simulation import CATALOGUE

FOLDER = Path(__file__).parent / "bad_surveys"
TABLE = (FOLDER / "messages.txt").read_text(encoding="utf-8")
EXPECTED = {
    section.split("\n")[0]: section.split("\n")[1:]
    for section in TABLE.strip().removeprefix("== ").split("\n\n== ")
}
LEFT_OUT = "items that the file leaves out"


def said_of(path: Path) -> list[str]:
    """Faults, notes and the count of rows, or why the file is refused."""
    try:
        survey = read_survey(path)
    except InputError as error:
        found = [str(fault) for fault in error.faults]
        return [line.replace(f"{FOLDER}/", "") for line in found]
    notes = [f"note: {n}" for n in survey.notes if not n.startswith(LEFT_OUT)]
    faults = [str(fault) for fault in survey.faults()]
    return [*faults, *notes, f"stay: {survey.kept} of {survey.read}"]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_bad_survey_is_read_in_these_words(name):
    assert said_of(FOLDER / f"{name}.csv") == EXPECTED[name]


def test_every_bad_survey_is_in_the_table():
    assert {file.stem for file in FOLDER.glob("*.csv")} == set(EXPECTED)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.csv")), ids=lambda f: f.stem)
@pytest.mark.parametrize("verb", ["check", "estimate"])
def test_no_command_breaks_on_a_bad_survey(file, verb, tmp_path):
    words = ["survey", "check", str(file)]
    if verb == "estimate":
        part = "firms" if file.stem == "firms" else "workers"
        words = ["survey", "estimate", f"--{part}-file", str(file), "--out"]
        words.append(str(tmp_path / "out"))
    result = CliRunner().invoke(app, words)
    assert result.exit_code in (0, 2)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output


def test_thin_answers_need_no_base_year(monkeypatch):
    """The model is not even built where nothing has to be compared with it."""

    def refuse():
        raise AssertionError("the base year was made")

    monkeypatch.setattr("calibration.estimates.base_ground", refuse)
    found = estimates(workers=read_survey(FOLDER / "all-missing.csv"))
    assert found.estimates == () and len(found.notes) > 20


def test_what_else_a_row_holds_stays():
    survey = read_survey(FOLDER / "wrong-codes.csv")
    assert list(survey.frame["member"]) == ["yes", np.nan, "no"]
    assert list(survey.code("sex")) == [-1, 0, 1]  # ``Woman`` is woman
    assert list(survey.frame["row"]) == [2, 3, 4]


def test_decimal_commas_are_numbers():
    survey = read_survey(FOLDER / "semicolons.csv")
    assert list(survey.number("income")) == [2100.5, 1900.25]
    assert list(survey.number("job_days_1")) == [2.5, 1.0]


@pytest.mark.parametrize("name", ["a-name-among-codes", "not-utf8", "ragged-rows"])
def test_no_text_of_an_answer_and_no_row_is_shown(name):
    result = CliRunner().invoke(app, ["survey", "check", str(FOLDER / f"{name}.csv")])
    for word in ("Marie", "Dupont", "Martin", "w2", "w3", "lène"):
        assert word not in result.output
    survey = read_survey(SHIPPED / "workers.csv")
    assert "synthetic-w" not in repr(survey)


def test_faults_are_written_for_a_table(tmp_path):
    out = tmp_path / "faults.csv"
    words = ["survey", "check", str(FOLDER / "wrong-codes.csv"), "--out", str(out)]
    assert CliRunner().invoke(app, words).exit_code == 2
    lines = out.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "file,row,column,problem,found,allowed"
    assert len(lines) == 1 + len(EXPECTED["wrong-codes"]) - 1


def test_check_tells_json(tmp_path):
    words = ["survey", "check", str(SHIPPED / "firms.csv"), "--json"]
    (found,) = json.loads(CliRunner().invoke(app, words).stdout)
    assert found["synthetic"] and found["faults"] == [] and found["kept"] == 60


def test_answers_of_the_other_part_are_refused(tmp_path):
    words = ["survey", "estimate", "--firms-file", str(SHIPPED / "workers.csv")]
    result = CliRunner().invoke(app, [*words, "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "holds answers of workers" in result.output


def test_synthetic_is_not_lost_with_its_column(tmp_path):
    text = (SHIPPED / "workers.csv").read_text(encoding="utf-8")
    lines = [line.split(",") for line in text.splitlines()]
    column = lines[0].index("synthetic")
    for line in lines:
        del line[column]
    path = tmp_path / "stripped.csv"
    path.write_text("\n".join(",".join(line) for line in lines), encoding="utf-8")
    assert read_survey(path).synthetic
    path.write_text("respondent,age\nw1,30\n", encoding="utf-8")
    assert not read_survey(path).synthetic


@pytest.mark.slow
def test_a_million_rows_take_seconds(tmp_path):
    path = tmp_path / "million.csv"
    count = 1_000_000
    header = "respondent,age,sex,income,job_minutes_1,days_home,days_workplace"
    rows = (
        f"r{i},{16 + i % 66},{'woman' if i % 2 else 'man'},{1000 + i % 3000},"
        f"{1 + i % 100},1,2"
        for i in range(count)
    )
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    start = time.perf_counter()
    survey = read_survey(path)
    seconds = time.perf_counter() - start
    assert (survey.read, survey.kept) == (count, count)
    # One in 66 is 81 years old, which the codebook holds impossible.
    assert survey.fault_count == len(range(65, count, 66))
    assert seconds < 60.0  # 3 s on an idle core; a loop over rows takes minutes


def test_the_codebook_informs_parameters_that_exist():
    for part in PARTS:
        for item in codebook().items(part):
            named = [name for name in item.informs if "." in name and " " not in name]
            assert [name for name in named if name not in CATALOGUE] == []
        assert list(limits(codebook().items(part)))


def test_the_codebook_is_listed_in_three_languages():
    for lang, word in (("en", "How old are you?"), ("fr", "Quel âge"), ("nl", "oud")):
        result = CliRunner().invoke(app, ["survey", "codebook", "--lang", lang])
        assert result.exit_code == 0 and word in result.stdout
