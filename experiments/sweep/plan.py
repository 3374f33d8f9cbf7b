"""Every run of a design with its key, before any is made."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from experiments.batch import Batch
from experiments.keys import RunRequest
from experiments.sweep.design import Design, Place, request_at

PLAN_SCHEMA = pa.schema(
    [
        ("point", pa.int64()),
        ("scenario", pa.string()),
        ("replicate", pa.uint64()),
        ("key", pa.string()),
    ]
)


@dataclass(frozen=True)
class Plan:
    """The runs of a design: point by point, and there replicate by replicate.

    Attributes
    ----------
    design : Design
    places : tuple of Place
        Where each run stands.
    keys, names : tuple of str
        Key and scenario of each run.
    replicates : tuple of int
        Replicate key of each run.
    """

    design: Design
    places: tuple[Place, ...]
    keys: tuple[str, ...]
    names: tuple[str, ...]
    replicates: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.places)

    def request(self, index: int) -> RunRequest:
        """The run in a row of the plan."""
        return request_at(self.design, self.places[index])

    @cached_property
    def batch(self) -> Batch:
        """All runs, for the runner."""
        return Batch(self.keys, self.names, self.request)

    def shard(self, index: int, count: int) -> Batch:
        """The runs of every ``count``-th point: together the shards are the plan.

        Parameters
        ----------
        index : int
            Which shard, from 1 to ``count``.
        count : int
            How many shards there are.
        """
        mine = [
            row
            for row, place in enumerate(self.places)
            if place.point % count == index - 1
        ]
        return self.batch.at(mine)

    @property
    def digest(self) -> str:
        """SHA-256 of all keys in order; another model, another plan."""
        return hashlib.sha256("\n".join(self.keys).encode()).hexdigest()

    @cached_property
    def table(self) -> pa.Table:
        """One row for each run: point, scenario, replicate, key."""
        points = [place.point for place in self.places]
        columns: list[Sequence[object]] = [
            points, self.names, self.replicates, self.keys
        ]  # fmt: skip
        arrays = [
            pa.array(values, field.type)
            for values, field in zip(columns, PLAN_SCHEMA, strict=True)
        ]
        return pa.Table.from_arrays(arrays, schema=PLAN_SCHEMA)


def make_plan(design: Design) -> Plan:
    """All runs of a design.

    The keys of a point are made once for each scenario and replicate; no request is
    kept.
    """
    places = tuple(_places(design))
    keys, names, replicates = [], [], []
    for place in places:
        request = request_at(design, place)
        keys.append(request.key)
        names.append(request.name)
        replicates.append(request.replicate)
    return Plan(design, places, tuple(keys), tuple(names), tuple(replicates))


def _places(design: Design) -> Iterator[Place]:
    variants = [*range(len(design.variants)), *([-1] if design.choices else [])]
    every = itertools.product(
        range(len(design.sample)), range(design.replicates), variants
    )
    for point, replicate, variant in every:
        yield Place(point, variant, replicate)
