"""Verbs for results that are there: explain, choose, ask, pack, and call a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mediapark.api import Named, resolved

if TYPE_CHECKING:
    import pandas as pd

    from experiments.function import RunFunction
    from experiments.robustness.choice import Choice
    from experiments.sensitivity.analysis import Sensitivity
    from experiments.sweep.folder import Swept
    from model.scenario import Scenario


def sensitivity(
    folder: Swept | Named,
    indicator: str | None = None,
    zone: str | None = None,
    *,
    scenario: str | None = None,
    against: str | None = None,
    month: str | None = None,
    resamples: int = 1000,
    seed: int = 0,
    write: bool = False,
    lang: str = "en",
) -> Sensitivity:
    """Which factors decide a figure of a sweep.

    Parameters
    ----------
    folder : Swept, str or path
        What :func:`mediapark.sweep` returned, or its folder.
    indicator, zone : str, optional
        Which figure; that of the design if not given.
    scenario, against : str, optional
        Whose, and whose paired value is taken off; each scenario against the first one,
        and the first one, if not given.
    month : str, YYYY-MM, optional
        The last month if not given.
    resamples, seed : int
        Of the bootstrap.
    write : bool
        Whether tables and pictures are written below the folder.
    lang : {"en", "fr", "nl"}
        Language of the pictures.

    Returns
    -------
    Sensitivity
        Frames ``indices``, ``shares`` and ``convergence``; ``.ranking(figure)``.

    Raises
    ------
    InputError
        If a name is unknown, runs or values are missing (rows are named), or the figure
        does not vary.
    """
    from experiments.sensitivity.report import analyse_folder, write_results
    from experiments.sensitivity.resampling import Bootstrap
    from mediapark.analysing import Asked

    swept = _swept(folder)
    asked = Asked(indicator, zone, month, scenario, against, resamples, seed)
    figure = asked.figure(swept)
    found = analyse_folder(swept, figure, Bootstrap(resamples, seed), others=write)
    if write:
        write_results(found, swept, lang, figure)
    return found


def robust(
    folder: Swept | Named,
    indicator: str | None = None,
    zone: str | None = None,
    *,
    month: str | None = None,
    better: str | None = None,
    resamples: int = 1000,
    seed: int = 0,
    write: bool = False,
    lang: str = "en",
) -> Choice:
    """Which variant of a sweep, when nobody knows the future.

    Parameters
    ----------
    folder : Swept, str or path
    indicator, zone : str, optional
        What counts; the figure of the design if not given.
    month : str, YYYY-MM, optional
        The last month if not given.
    better : {"more", "less"}, optional
        As the indicator says if not given.
    resamples, seed : int
        Of the bootstrap.
    write : bool
        Whether the page and its tables are written into the folder.
    lang : {"en", "fr", "nl"}
        Language of the page.

    Returns
    -------
    Choice
        ``measures``, ``boxes``, ``leader``, ``regret``.

    Raises
    ------
    InputError
        If there is nothing to choose among, or runs are missing.
    """
    from experiments.robustness.choice import robust_choice
    from experiments.robustness.page import write_choice
    from experiments.sensitivity.resampling import Bootstrap
    from mediapark.analysing import Asked

    swept = _swept(folder)
    figure = Asked(indicator, zone, month).figure(swept)
    choice = robust_choice(swept, figure, better, Bootstrap(resamples, seed))
    if write:
        write_choice(choice, swept, lang)
    return choice


def query(
    folder: Swept | Named,
    sql: str,
    values: Sequence[object] = (),
    reference: str | None = None,
) -> pd.DataFrame:
    """The answer of a folder of results to a question in SQL.

    Parameters
    ----------
    folder : Swept, str or path
    sql : str
        One ``SELECT``, of the views ``runs``, ``series``, ``moves`` and ``pairs``, or
        of tables of the store.
    values : sequence
        What stands for each ``?``.
    reference : str, optional
        What ``pairs`` compare with; the first scenario of the folder if not given.
    """
    from experiments.query import ask

    return ask(_path(folder), sql, reference, values)


def bundle(folder: Swept | Named, file: Named | None = None) -> Path:
    """Pack a folder of results into one file for an archive.

    Parameters
    ----------
    folder : Swept, str or path
    file : str or path, optional
        Beside the folder if not given.
    """
    from experiments.bundle import bundle_folder

    return bundle_folder(_path(folder), None if file is None else Path(file))


def function(
    scenario: Scenario | Named = "reference",
    outcomes: Sequence[str] = ("jobs:reyers",),
    *,
    against: Scenario | Named | None = None,
    key: int | None = 0,
    replicates: int = 1,
    until: str | None = None,
    scale: float = 1.0,
    grid: str = "250",
) -> RunFunction:
    """A run as a plain function of its parameters.

    Parameters
    ----------
    scenario : Scenario, str or path
    outcomes : sequence of str
        ``indicator:zone``, at the end of the last month.
    against : Scenario, str or path, optional
        Its paired value is taken off.
    key : int or None
        Replicate key; None: one of its own for each set of parameters.
    replicates : int
        Runs of a call; outcomes are their means.
    until : str, YYYY-MM, optional
        Another last month.
    scale : float
        Share of the population and of floor space, 0-1.
    grid : str
        ``250``, ``500`` or a CSV file.
    """
    from experiments.function import RunFunction

    wanted = [resolved(one, until) for one in (scenario, against) if one is not None]
    other = wanted[1] if against is not None else None
    return RunFunction(
        wanted[0], tuple(outcomes), other, key, replicates, str(grid), scale
    )


def _swept(folder: Swept | Named) -> Swept:
    from experiments.sweep.folder import Swept as SweptFolder

    return folder if isinstance(folder, SweptFolder) else SweptFolder(Path(folder))


def _path(folder: Swept | Named) -> Path:
    from experiments.sweep.folder import Swept as SweptFolder

    return folder.folder if isinstance(folder, SweptFolder) else Path(folder)
