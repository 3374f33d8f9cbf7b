"""A folder of results: whole shards or none, the same values however they were cut."""

import json
import shutil

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments import runner
from experiments.arrow import first_difference, from_frame
from experiments.files import UNFINISHED
from experiments.runner import run_all
from experiments.schema import OUTCOME, TABLES
from experiments.simulate import simulate
from experiments.store import Store
from experiments.verify import verify_store
from model.errors import ModelError, StoreError
from tests.small_runs import REPLICATES, computed, small_requests


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return computed(tmp_path_factory.mktemp("results") / "small")


@pytest.fixture
def copy(store, tmp_path) -> Store:
    return Store(shutil.copytree(store.folder, tmp_path / "copy"))


def test_tables_come_back_as_the_run_gave_them(store):
    request = small_requests(1)[0]
    outcome = simulate(request)
    for name in OUTCOME:
        frame = store.table(name, filters=[("run", "==", request.key)])
        frame = frame.drop(columns="run")
        wanted = getattr(outcome, name)
        assert list(frame.columns) == list(wanted.columns)
        texts = [c for c in frame if not pd.api.types.is_numeric_dtype(frame[c])]
        pd.testing.assert_frame_equal(
            frame.astype(dict.fromkeys(texts, str)),
            wanted.astype(dict.fromkeys(texts, str)),
            check_exact=True,
            check_dtype=len(wanted) > 0,
        )


def test_runs_say_what_they_are(store):
    runs = store.table("runs")
    assert len(runs) == 2 * REPLICATES
    assert set(runs["scenario"]) == {"reference", "full-plan"}
    assert set(runs["status"]) == {"done"}
    assert set(runs["grid"]) == {"reyers_12x12"}
    assert runs["months"].tolist() == [3] * 6
    assert set(runs["run"]) == store.keys() == {r.key for r in small_requests()}
    assert store.failed() == frozenset()


def test_every_declared_column_is_there(store):
    for name, columns in TABLES.items():
        assert store.arrow(name).column_names == [column.name for column in columns]


def test_a_table_may_be_read_in_part(store):
    wanted = [("indicator", "in", ["jobs"]), ("zone", "==", "reyers")]
    part = store.table("indicators", ["run", "month", "value"], wanted)
    # Five subsectors and their sum, in the base state and three months, six runs.
    assert part.shape == (6 * 4 * 6, 3)


def test_a_selection_shows_some_runs_only(store):
    key = small_requests(1)[0].key
    mine = store.select({key})
    for name in ("runs", "indicators", "parameters", "timings"):
        assert set(mine.table(name)["run"]) == {key}
    assert store.select(()).table("moves").empty


def test_parameters_of_a_draw_are_kept(store):
    request = small_requests()[-1]
    rows = store.table("parameters", filters=[("run", "==", request.key)])
    given = dict(zip(rows["parameter"].tolist(), rows["value"].tolist(), strict=True))
    assert given == dict(request.scenario.given)


def test_digest_does_not_depend_on_shards(store, tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "SHARD_RUNS", 1)
    small = computed(tmp_path / "one-each")
    assert len(small.shards()) == 6
    assert len(store.shards()) == 1
    assert small.digest() == store.digest()
    for name in ("runs", *OUTCOME):
        assert _bytes(small.sorted_table(name)) == _bytes(store.sorted_table(name))


def _bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()


def test_left_overs_of_a_kill_are_ignored_then_cleared(copy, store):
    shard = copy.shards()[0]
    for name in ("indicators", "runs"):
        whole = copy.folder / name / f"{shard}.parquet"
        half = copy.folder / name / f".other.parquet.77{UNFINISHED}"
        half.write_bytes(whole.read_bytes()[:100])
    # Every table but ``runs`` was written when the process died.
    orphan = copy.folder / "indicators" / "orphan.parquet"
    orphan.write_bytes((copy.folder / "indicators" / f"{shard}.parquet").read_bytes())
    assert copy.digest() == store.digest()
    run_all(small_requests(), copy, workers=1)
    assert not orphan.exists()
    assert not [*copy.folder.rglob(f"*{UNFINISHED}")]
    assert copy.digest() == store.digest()


def test_a_run_without_its_row_does_not_exist(copy, store):
    for path in (copy.folder / "runs").iterdir():
        path.unlink()
    assert copy.keys() == frozenset()
    assert copy.table("indicators").empty
    assert run_all(small_requests(), copy, workers=1).done == 6
    assert copy.digest() == store.digest()


@pytest.mark.parametrize("cut", [0, 200])
def test_a_damaged_file_is_named(copy, cut):
    path = copy.folder / "moves" / f"{copy.shards()[0]}.parquet"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(StoreError, match=r"moves/.*damaged"):
        copy.table("moves")


def test_a_missing_file_is_named(copy):
    (copy.folder / "firms" / f"{copy.shards()[0]}.parquet").unlink()
    with pytest.raises(StoreError, match=r"firms/.*file is missing"):
        copy.table("firms")


def test_foreign_folders_are_refused(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"0")
    with pytest.raises(StoreError, match="has other files"):
        Store.create(tmp_path)
    with pytest.raises(StoreError, match=r"has no manifest\.json"):
        Store(tmp_path)
    with pytest.raises(StoreError, match="is not a folder"):
        Store.create(tmp_path / "photo.jpg")
    with pytest.raises(StoreError, match="no such folder"):
        Store(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"scheme": "dice/1"}, "another kind.*dice/1"),
        ({"format": "mediapark-results/0"}, "another kind"),
        ({"design": "sweep-7"}, "another design.*sweep-7"),
    ],
)
def test_folders_of_another_kind_are_refused(copy, facts, words):
    path = copy.folder / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps({**manifest, **facts}))
    with pytest.raises(StoreError, match=words):
        Store.create(copy.folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '"x"', "\xff"])
def test_a_damaged_manifest_is_told(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text, encoding="latin-1")
    with pytest.raises(StoreError, match=r"manifest\.json"):
        Store(tmp_path)


def test_one_process_writes_at_a_time(copy):
    refused = pytest.raises(StoreError, match="another process")
    with copy.writing(), refused, copy.writing():
        pass
    with copy.writing():
        pass


def test_unknown_tables_and_columns_are_named(store):
    with pytest.raises(StoreError, match="did you mean 'indicators'"):
        store.table("indicator")
    with pytest.raises(StoreError, match="did you mean 'value'"):
        store.table("indicators", ["values"])


def test_a_frame_of_other_columns_is_a_bug(store):
    frame = pd.DataFrame({"month": ["2018-01"], "color": ["red"]})
    with pytest.raises(ModelError, match="'color'"):
        from_frame("events", frame, "key")


def test_verify_finds_all_equal(store):
    found = verify_store(store, workers=1)
    assert found.agrees
    assert found.same_model
    assert (found.checked, found.total) == (6, 6)


def test_verify_finds_a_tampered_shard(copy):
    path = copy.folder / "indicators" / f"{copy.shards()[0]}.parquet"
    table = pq.read_table(path)
    values = table.column("value").to_pylist()
    values[11] += 1e-9
    place = table.column_names.index("value")
    pq.write_table(table.set_column(place, "value", pa.array(values)), path)
    found = verify_store(copy, workers=1)
    assert not found.agrees
    (difference,) = found.differences
    assert difference.table == "indicators"
    assert "row 11, column 'value'" in difference.where


def test_verify_needs_the_folder_alone(copy, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert verify_store(copy, sample=1, workers=1).agrees
    for path in (copy.folder / "grids").iterdir():
        path.unlink()
    with pytest.raises(StoreError, match="grid of the runs is missing"):
        verify_store(copy, sample=1, workers=1)


def test_verify_knows_another_model(copy, monkeypatch):
    monkeypatch.setattr("experiments.verify.model_version", lambda: "other")
    assert not verify_store(copy, sample=1, workers=1).same_model


def test_differences_are_found_bit_by_bit():
    old = pa.table({"a": ["x", "y"], "b": [0.0, float("nan")]})
    assert first_difference(old, old) == ""
    minus = pa.table({"a": ["x", "y"], "b": [-0.0, float("nan")]})
    assert "row 0, column 'b'" in first_difference(old, minus)
    assert "2 rows, now 1" in first_difference(old, old.slice(1))
    other = pa.table({"a": ["x", "z"], "b": [0.0, float("nan")]})
    assert "row 1, column 'a': 'y', now 'z'" in first_difference(old, other)
