"""How long a question of paired differences takes in a large folder of results.

``python -m benchmarks.pairs [RUNS]`` stores that many runs of a tiny region (100,000 if
not said) in a temporary folder, through the store's own writer, and asks. The tables of
one short run of two zones are real; the other runs repeat them with other keys and
shifted values, since the time of a question does not depend on where values come from.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from experiments.arrow import joined
from experiments.keys import RunRequest
from experiments.query import ask
from experiments.runner import SHARD_RUNS
from experiments.schema import schema_of
from experiments.simulate import execute
from experiments.store import Store
from mediapark.api import load_scenario
from model.geography import load_region

SCENARIOS = ("reference", "full-plan")
ZONES = ("region", "reyers", "evere")
QUESTION = """
SELECT scenario, count(*) AS pairs, avg(difference) AS mean,
       stddev_samp(difference) / sqrt(count(*)) AS error
FROM pairs
WHERE indicator = 'jobs' AND zone = 'reyers' AND subsector = 'all'
  AND month = '2018-03'
GROUP BY scenario
"""


def tiny_run() -> dict[str, pa.Table]:
    """The tables of a run of three months; indicators of two zones and the Region."""
    grid = Path(__file__).parents[1] / "tests" / "data" / "grids" / "reyers_12x12.csv"
    load_region(str(grid))
    request = RunRequest(load_scenario("reference", until="2018-03"), grid=str(grid))
    tables = dict(execute(request).tables)
    rows = tables["indicators"]
    keep = pc.is_in(rows.column("zone"), pa.array(ZONES))
    tables["indicators"] = rows.filter(keep)
    return tables


def stored(folder: Path, runs: int) -> Store:
    """A folder with so many runs, in shards as the runner writes them."""
    store = Store.create(folder)
    tables = tiny_run()
    empty = {name: schema_of(name).empty_table() for name in tables}
    shift = np.random.default_rng(0)
    with store.writing() as writer:
        writer.update(scenarios={name: {} for name in SCENARIOS})
        for shard in range(0, runs, SHARD_RUNS):
            keys = [
                hashlib.sha256(str(run).encode()).hexdigest()[:32]
                for run in range(shard, min(shard + SHARD_RUNS, runs))
            ]
            parts: dict[str, list[pa.Table]] = {"indicators": [], "runs": []}
            for place, key in enumerate(keys, shard):
                facts = {"scenario": SCENARIOS[place % 2], "replicate": place // 2}
                parts["runs"].append(with_key(tables["runs"], key, facts))
                value = tables["indicators"].column("value").to_numpy()
                moved = value + shift.normal(size=len(value))
                parts["indicators"].append(
                    with_key(tables["indicators"], key, {}, moved)
                )
            writer.shard(
                f"{shard:08d}",
                {**empty, **{name: joined(name, each) for name, each in parts.items()}},
            )
    return store


def with_key(
    table: pa.Table, key: str, facts: dict[str, object], value: object = None
) -> pa.Table:
    """A table of another run."""
    schema = table.schema
    given = {"run": key, **facts}
    for name, fact in given.items():
        at = schema.get_field_index(name)
        column = pa.array([fact] * len(table)).cast(
            schema.field(at).type.value_type
            if pa.types.is_dictionary(schema.field(at).type)
            else schema.field(at).type
        )
        if pa.types.is_dictionary(schema.field(at).type):
            column = column.dictionary_encode()
        table = table.set_column(at, schema.field(at), column)
    if value is not None:
        at = schema.get_field_index("value")
        table = table.set_column(at, schema.field(at), pa.array(value))
    return table


def main(runs: int = 100_000) -> None:
    """Store, ask three times, and print the times."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        store = stored(Path(folder) / "runs", runs)
        rows = ask(store.folder, "SELECT count(*) AS rows FROM indicators")["rows"][0]
        files = [path for path in store.folder.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files) / 1e6
        print(f"{runs:,} runs, {rows:,} rows of indicators, {size:,.0f} MB, stored in "
              f"{time.perf_counter() - started:.0f} s")  # fmt: skip
        answer = pd.DataFrame()
        for _ in range(3):
            started = time.perf_counter()
            answer = ask(store.folder, QUESTION)
            print(f"paired difference: {time.perf_counter() - started:.2f} s")
        print(answer.to_string(index=False))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
