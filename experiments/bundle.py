"""A folder of results as one file for an archive: the same bytes whenever it is made.

::

    NAME/
        README.md           what it is, how to read, check and cite it
        LICENSE, CITATION.cff, SOURCES.md
        SHA256SUMS          of every other file
        digest.json         of the tables' values, whatever the shards
        manifest.json, design.yaml, ...    the folder itself: designs, tables, figures

Entries are sorted, have one fixed date and are stored as they are: Parquet and PNG are
compressed already, and what a compressor makes differs from one version to the next.
Left-overs of killed processes and parts that are not gathered yet stay out.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from typing import Final

from experiments.files import UNFINISHED, write_whole
from experiments.schema import TABLES
from experiments.store import Store
from experiments.sweep.folder import PARTS
from model.errors import Fault, InputError

SUMS: Final = "SHA256SUMS"
DIGEST: Final = "digest.json"
_DATE: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o100644 << 16
_PIECE: Final = 1 << 20
_PROVENANCE: Final = "PROVENANCE.md"
_DATA: Final = ("model.geography.data", "model.population.data")

_README: Final = """# {name}

Results of Mediapark {version}, an agent-based simulation of the firms and workers of
Brussels' media. Firms without a name, workers, homes and ties are synthetic: drawn, not
observed. Results of a model are no forecasts.

{question}
## What is here

{runs:,} runs of {scenarios}. `runs/`, `indicators/`, `moves/` and other folders hold
tables as Parquet files that belong together by name; any Parquet reader reads them, and
`mediapark query FOLDER "SELECT ..."` asks them in SQL. `manifest.json` says what made
them; `design.yaml`, `sample.parquet` and `plan.parquet`, where they are, which points
of which factors were run. Pages, CSV tables and pictures were made from them.

## Is it whole, and does it repeat?

`sha256sum --check SHA256SUMS` compares the files. `mediapark verify FOLDER --sample 20`
runs some runs again and compares them bit by bit; it needs the commit
{commit}. `digest.json` holds a SHA-256 of the values of each table: two folders with
the same digests hold the same runs, however they were computed.

## Cite, and licences

`CITATION.cff` says how to cite the software. It is under the MIT licence (`LICENSE`).
Tables of places and of named firms come from sources with licences of their own:
`SOURCES.md`.
"""


@dataclass(frozen=True)
class _Entry:
    """A file of the bundle: its name, and where its bytes are."""

    name: str
    source: Path | bytes

    def write(self, into: Callable[[bytes], object]) -> None:
        """Hand the bytes on, piece by piece."""
        if isinstance(self.source, bytes):
            into(self.source)
            return
        with self.source.open("rb") as file:
            while piece := file.read(_PIECE):
                into(piece)

    @property
    def sum(self) -> str:
        """SHA-256 of the bytes."""
        digest = hashlib.sha256()
        self.write(digest.update)
        return digest.hexdigest()


def bundle_folder(folder: str | Path, file: str | Path | None = None) -> Path:
    """Pack a folder of results.

    Parameters
    ----------
    folder : str or Path
        A folder of results.
    file : str or Path, optional
        The file to write, ending in ``.zip``; beside the folder if not given.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If the folder is none of results, holds parts that are not gathered, or the file
        cannot be written.
    """
    store = Store(Path(folder))
    target = Path(file) if file is not None else _beside(store.folder)
    faults = [*_faults(store, target)]
    if faults:
        raise InputError(faults)
    entries = sorted(_entries(store), key=lambda entry: entry.name)
    sums = "".join(f"{entry.sum}  {entry.name}\n" for entry in entries)
    entries.append(_Entry(SUMS, sums.encode()))
    write_whole(target, lambda path: _pack(path, target.stem, entries))
    return target


def _beside(folder: Path) -> Path:
    whole = folder.resolve()
    return whole.with_name(f"{whole.name}.zip")


def _faults(store: Store, target: Path) -> Iterator[Fault]:
    if target.suffix != ".zip":
        allowed = "a name that ends in .zip"
        yield Fault("is no name of a bundle", str(target), allowed=allowed)
    if target.resolve().is_relative_to(store.folder.resolve()):
        yield Fault("lies in the folder that is packed", str(target))
    parts = sorted(path.name for path in store.folder.glob(f"{PARTS}/*"))
    if parts:
        yield Fault(
            "shards are not gathered yet", str(store.folder / PARTS),
            value=", ".join(parts), allowed="the sweep without --shard, which gathers",
        )  # fmt: skip


def _pack(path: Path, name: str, entries: list[_Entry]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for entry in entries:
            info = zipfile.ZipInfo(f"{name}/{entry.name}", _DATE)
            info.external_attr = _MODE
            info.create_system = 3
            with archive.open(info, "w", force_zip64=True) as into:
                entry.write(into.write)


def _entries(store: Store) -> Iterator[_Entry]:
    """Everything but the sums."""
    tables = set(TABLES)
    finished = {path for name in tables for path in store.shard_files(name)}
    for path in sorted(store.folder.rglob("*")):
        name = path.relative_to(store.folder)
        hidden = any(part.startswith(".") for part in name.parts)
        if not path.is_file() or hidden or path.name.endswith(UNFINISHED):
            continue
        if name.parts[0] in tables and path not in finished:
            continue
        yield _Entry(name.as_posix(), path)
    digest = json.dumps(store.digest(), indent=2, sort_keys=True) + "\n"
    yield _Entry(DIGEST, digest.encode())
    yield _Entry("README.md", _readme(store).encode())
    yield _Entry("LICENSE", project_text("LICENSE").encode())
    yield _Entry("CITATION.cff", project_text("CITATION.cff").encode())
    yield _Entry("SOURCES.md", _sources().encode())


def _readme(store: Store) -> str:
    manifest = store.manifest
    sessions = manifest["sessions"]
    commit = str(sessions[-1]["commit"]) if sessions else ""
    design = store.folder / "design.json"
    question = ""
    if design.is_file():
        facts: Mapping[str, object] = json.loads(design.read_text("utf-8"))
        question = (
            f"The question of the design `{facts['name']}`: {facts['question']}\n"
        )
    return _README.format(
        name=store.folder.resolve().name, version=manifest["versions"]["mediapark"],
        question=question, runs=len(store.keys()),
        scenarios=", ".join(manifest["scenarios"]), commit=commit or "of the sources",
    )  # fmt: skip


def _sources() -> str:
    parts = [
        (resources.files(package) / _PROVENANCE).read_text(encoding="utf-8").strip()
        for package in _DATA
    ]
    return "\n\n".join(parts) + "\n"


def project_text(name: str) -> str:
    """A text of the project, from its sources or from where it is installed.

    Raises
    ------
    InputError
        If the installation does not hold it.
    """
    beside = Path(str(resources.files("model"))).parent / name
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    for file in metadata.files("mediapark") or ():
        if file.name == name:
            return file.read_text(encoding="utf-8")
    raise InputError([Fault("is missing in this installation", name)])
