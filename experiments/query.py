"""Questions in SQL to a folder of results: DuckDB reads the shards and keeps nothing.

Four views are made for people; the tables of the store stand beside them under their
own names (``indicators``, ``firms``, ``cells``, ``events``, ``parameters``,
``failures``, ``timings``), and for a sweep ``points`` with its sample and ``plan``.

``runs``
    One row for each run and name: ``run, scenario, replicate, draw, status`` and more.
``series``
    ``run, scenario, replicate, draw, month, zone, subsector, indicator, value``.
``moves``
    The table of moves with ``scenario`` and ``replicate``.
``pairs``
    ``scenario, reference, replicate, draw, point, month, zone, subsector, indicator,
    value, reference_value, difference``: each run with the run of the reference that
    shares its random draws, parameters and point. ``point`` is -1 outside sweeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from experiments.files import cannot
from experiments.schema import TABLES, TEXT
from experiments.store import Store
from experiments.sweep.folder import PLAN, RESOLVED, SAMPLE, Swept
from model.errors import Fault, InputError, nearest

if TYPE_CHECKING:
    import duckdb

_REFERENCE: Final = "reference"
VIEWS: Final = ("runs", "series", "moves", "pairs")
_TYPES: Final = {"int32": "INTEGER", "uint64": "UBIGINT", "double": "DOUBLE",
                 "bool": "BOOLEAN", "string": "VARCHAR"}  # fmt: skip

_SERIES = """
CREATE VIEW series AS
SELECT i.run, r.scenario, r.replicate, r.draw, i.month, i.zone, i.subsector,
       i.indicator, i.value
FROM indicators i JOIN runs r USING (run)
"""
_MOVES = """
CREATE VIEW moves AS
SELECT r.scenario, r.replicate, m.* FROM all_moves m JOIN runs r USING (run)
"""
# A sweep's plan says which runs belong together; elsewhere replicate and draw do.
_PLANNED = """
CREATE VIEW run_pairs AS
SELECT p.scenario, q.scenario AS reference, p.replicate, -1 AS draw, p.point,
       p.key AS run, q.key AS reference_run
FROM plan p JOIN plan q USING (point, replicate)
WHERE q.scenario = {reference} AND p.scenario <> {reference}
"""
_PAIRED = """
CREATE VIEW run_pairs AS
SELECT a.scenario, b.scenario AS reference, a.replicate, a.draw, -1 AS point,
       a.run, b.run AS reference_run
FROM runs a JOIN runs b USING (replicate, draw, grid, scale)
WHERE b.scenario = {reference} AND a.scenario <> {reference}
  AND a.status = 'done' AND b.status = 'done'
"""
_PAIRS = """
CREATE VIEW pairs AS
SELECT k.scenario, k.reference, k.replicate, k.draw, k.point, a.month, a.zone,
       a.subsector, a.indicator, a.value, b.value AS reference_value,
       a.value - b.value AS difference
FROM run_pairs k
JOIN indicators a ON a.run = k.run
JOIN indicators b ON b.run = k.reference_run AND b.month = a.month
 AND b.zone = a.zone AND b.subsector = a.subsector AND b.indicator = a.indicator
"""


def ask(
    folder: str | Path,
    sql: str,
    reference: str | None = None,
    values: Sequence[object] = (),
) -> pd.DataFrame:
    """The answer to a question in SQL.

    Parameters
    ----------
    folder : str or Path
        A folder of results.
    sql : str
        One ``SELECT``; whatever would write is refused.
    reference : str, optional
        Scenario that ``pairs`` compare with. If not given: the first one of a design,
        else the one called ``reference``, else the first that was run.
    values : sequence
        What stands for each ``?`` in the question.

    Raises
    ------
    InputError
        If the folder is none of results, or DuckDB does not accept the question.
    """
    with _connection(Store(Path(folder)), reference) as connection:
        import duckdb  # Loads for a moment; only questions need it.

        try:
            statements = connection.extract_statements(sql)
            if [s.type for s in statements] != [duckdb.StatementType.SELECT]:
                raise InputError([_only_questions(sql)])
            answer: pd.DataFrame = connection.execute(statements[0], values).df()
        except duckdb.Error as error:
            raise InputError([_not_accepted(error, sql)]) from None
    return answer


def write_answer(answer: pd.DataFrame, file: Path) -> None:
    """Write an answer as CSV, Parquet or JSON, as the name of the file ends.

    Raises
    ------
    InputError
        If it ends in something else, or cannot be written.
    """
    writers = {
        ".csv": lambda: answer.to_csv(file, index=False, lineterminator="\n"),
        ".parquet": lambda: answer.to_parquet(file, index=False),
        ".json": lambda: answer.to_json(file, orient="records", indent=2),
    }
    write = writers.get(file.suffix)
    if write is None:
        allowed = ", ".join(writers)
        raise InputError([Fault("is no kind of file", str(file), allowed=allowed)])
    try:
        write()
    except OSError as error:
        raise cannot("be written", file, error) from None


def _only_questions(sql: str) -> Fault:
    allowed = "one SELECT: results are asked, never changed"
    return Fault("is not a question", key="SQL", value=sql, allowed=allowed)


def _not_accepted(error: Exception, sql: str) -> Fault:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = " ".join(line for line in lines[:2] if not line.startswith("LINE"))
    return Fault(
        f"is not accepted: {told}", key="SQL", value=sql,
        allowed=f"SELECT ... FROM {', '.join(VIEWS)}, or a table of the store",
    )  # fmt: skip


@contextmanager
def _connection(
    store: Store, reference: str | None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in memory that may read this folder and nothing else."""
    import duckdb

    names = _scenarios(store)
    if reference is not None and reference not in names:
        fault = Fault(
            "is no scenario of the folder", "--reference", value=reference,
            allowed=", ".join(names), nearest=nearest(reference, names),
        )  # fmt: skip
        raise InputError([fault])
    connection = duckdb.connect(":memory:")
    try:
        for statement in _statements(store, reference or next(iter(names), "")):
            connection.execute(statement)
        folder = _quoted(str(store.folder.resolve()))
        connection.execute(f"SET allowed_directories = [{folder}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()


def _statements(store: Store, reference: str) -> Iterator[str]:
    for name in TABLES:
        view = "all_moves" if name == "moves" else name
        yield f"CREATE VIEW {view} AS {_table(store, name)}"
    swept = (store.folder / RESOLVED).exists()
    if swept:
        for view, file in (("points", SAMPLE), ("plan", PLAN)):
            path = _quoted(str((store.folder / file).resolve()))
            yield f"CREATE VIEW {view} AS SELECT * FROM read_parquet({path})"
    yield _SERIES
    yield _MOVES
    pairs = _PLANNED if swept else _PAIRED
    yield pairs.format(reference=_quoted(reference))
    yield _PAIRS


def _table(store: Store, name: str) -> str:
    """What reads the finished shards of a table; no rows where there are none."""
    paths = [str(path.resolve()) for path in store.shard_files(name)]
    if paths:
        listed = ", ".join(_quoted(path) for path in paths)
        return f"SELECT * FROM read_parquet([{listed}])"
    columns = ", ".join(
        f"CAST(NULL AS {_TYPES[str('string' if c.type == TEXT else c.type)]}) AS "
        f'"{c.name}"'
        for c in TABLES[name]
    )
    return f"SELECT {columns} WHERE false"


def _scenarios(store: Store) -> tuple[str, ...]:
    """Names of scenarios, first the one that others are compared with."""
    if (store.folder / RESOLVED).exists():
        planned = Swept(store.folder).scenarios
        if planned:
            return planned
    names = tuple(store.manifest["scenarios"])
    return tuple(sorted(names, key=lambda name: name != _REFERENCE))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
