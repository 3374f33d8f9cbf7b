"""Tables of a run as Arrow: written small, compared bit by bit.

Two tables are the same when their values are; the order of labels in a dictionary and
the way in which rows were cut into files say nothing. :func:`canonical` takes both
away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from experiments.schema import RUN, TABLES, TEXT, schema_of
from model.errors import ModelError
from model.outcome import Outcome


def outcome_tables(outcome: Outcome, key: str) -> dict[str, pa.Table]:
    """The tables of an outcome with the column ``run``."""
    return {name: from_frame(name, frame, key) for name, frame in vars(outcome).items()}


def from_frame(name: str, frame: pd.DataFrame, key: str) -> pa.Table:
    """A frame of one run as a table of a store.

    Raises
    ------
    ModelError
        If its columns are not those of the schema.
    """
    wanted = [column.name for column in TABLES[name] if column is not RUN]
    if list(frame.columns) != wanted:
        differ = sorted({*wanted} ^ {*frame.columns})
        raise ModelError(f"table {name!r} is not as declared: columns {differ}")
    run = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(len(frame), np.int32)), pa.array([key])
    )
    arrays = [run]
    for column in TABLES[name][1:]:
        arrays.append(_array(frame[column.name], column.type))
    return pa.Table.from_arrays(arrays, schema=schema_of(name))


def _array(series: pd.Series[Any], kind: pa.DataType) -> pa.Array:
    if kind != TEXT:
        return pa.array(series.to_numpy(), kind, from_pandas=False)
    if not isinstance(series.dtype, pd.CategoricalDtype):
        return pa.array(series.tolist(), pa.string()).dictionary_encode()
    codes = series.cat.codes.to_numpy().astype(np.int32)
    if len(codes) and codes.min() < 0:
        raise ModelError(f"column {series.name!r} has values without a label")
    labels = pa.array(series.cat.categories.tolist(), pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(codes), labels)


def from_rows(name: str, rows: Iterable[Mapping[str, object]]) -> pa.Table:
    """Rows as a table of a store."""
    listed = list(rows)
    schema = schema_of(name)
    arrays = []
    for field in schema:
        values = [row[field.name] for row in listed]
        if field.type == TEXT:
            arrays.append(pa.array(values, pa.string()).dictionary_encode())
        else:
            arrays.append(pa.array(values, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def joined(name: str, tables: Iterable[pa.Table]) -> pa.Table:
    """Tables below each other, their labels in one list."""
    parts = list(tables)
    if not parts:
        return schema_of(name).empty_table()
    return pa.concat_tables(parts).unify_dictionaries()


def canonical(table: pa.Table) -> pa.Table:
    """The same rows with the labels that are in use, sorted."""
    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        array = _in_one_piece(column)
        if pa.types.is_dictionary(field.type):
            codes, labels = sorted_codes(array)
            array = pa.DictionaryArray.from_arrays(
                pa.array(codes), pa.array(labels, pa.string())
            )
        columns.append(array)
    return pa.Table.from_arrays(columns, names=table.column_names)


def _in_one_piece(column: pa.ChunkedArray) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], column.type)
    return array


def sorted_codes(array: pa.DictionaryArray) -> tuple[NDArray[np.int32], list[str]]:
    """Codes of a dictionary column against its labels in use, in sorted order."""
    codes = array.indices.to_numpy(zero_copy_only=False)
    labels = array.dictionary.to_pylist()
    used = np.flatnonzero(np.bincount(codes, minlength=len(labels)))
    names = sorted({labels[i] for i in used})
    place = {name: i for i, name in enumerate(names)}
    new = np.zeros(len(labels), np.int32)
    new[used] = [place[labels[i]] for i in used]
    return new[codes].astype(np.int32), names


def by_run(table: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """The rows of each run; a run's rows stand together."""
    if not len(table):
        return
    codes, labels = sorted_codes(_in_one_piece(table.column("run")))
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    ends = np.append(starts[1:], len(codes))
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        yield labels[codes[start]], table.slice(start, end - start)


def digest_of(table: pa.Table) -> str:
    """SHA-256 of the values of a table, row by row in the order they have."""
    digest = hashlib.sha256()
    for name, column in zip(table.column_names, table.columns, strict=True):
        array = _in_one_piece(column)
        if pa.types.is_string(array.type):
            array = array.dictionary_encode()
        digest.update(f"{name}\0{len(array)}\0".encode())
        if pa.types.is_dictionary(array.type):
            codes, labels = sorted_codes(array)
            digest.update("\0".join(labels).encode() + b"\0")
            digest.update(codes.tobytes())
        else:
            digest.update(array.to_numpy(zero_copy_only=False).tobytes())
    return digest.hexdigest()


def first_difference(old: pa.Table, new: pa.Table) -> str:
    """Where two tables differ first, in words; empty where they do not.

    Floats are compared bit by bit.
    """
    if old.column_names != new.column_names:
        return f"columns: {old.column_names}, now {new.column_names}"
    if len(old) != len(new):
        return f"{len(old):,} rows, now {len(new):,}"
    found: list[tuple[int, str]] = []
    for name in old.column_names:
        before, after = (_bits(_in_one_piece(t.column(name))) for t in (old, new))
        differs = np.flatnonzero(before != after)
        if len(differs):
            found.append((int(differs[0]), name))
    if not found:
        return ""
    row, name = min(found, key=lambda place: place[0])
    before, after = (t.column(name)[row].as_py() for t in (old, new))
    return f"row {row}, column {name!r}: {before!r}, now {after!r}"


def _bits(array: pa.Array) -> NDArray[Any]:
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    values: NDArray[Any] = array.to_numpy(zero_copy_only=False)
    return values.view(np.uint64) if values.dtype == np.float64 else values
