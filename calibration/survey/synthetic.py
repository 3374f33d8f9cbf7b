"""A synthetic survey: answers that nobody gave, drawn from known parameters.

Respondents are firms and people of the model's base year. They choose, travel, attend
and hire by the model's own laws, so that estimates can be held against what is known to
be true; but they answer like people: choices on cards are not those of real life
(:class:`Assumed`), minutes are rounded, items are left empty, and some answer more
readily than others. Each row says that it is synthetic, in a column and in its number.

Every draw has an address: the key, a purpose from 2048 up, the respondent, an ordinal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from calibration.ground import Ground
from calibration.survey.codebook import (
    ABOUT_THE_ROW,
    RESPONDENT,
    SYNTHETIC,
    YES,
    Part,
    codebook,
)
from calibration.survey.reading import SYNTHETIC_IDS
from model import streams
from model.errors import Fault, InputError
from model.months import month_name, month_number

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FOLDER = Path(__file__).with_name("synthetic")
WORKERS, FIRMS = 520, 60
FIRST_MONTH, MONTHS = month_number("2024-03"), 3  # of the interviews


class Assumed(NamedTuple):
    """How respondents differ from the people and firms of the model; all assumed.

    Attributes
    ----------
    card_scale : float
        Stated utilities per real ones: hypothetical bias.
    outside : float
        Utility of "a site outside the Region" beside cards.
    silence : float, share
        Items that a respondent leaves empty.
    self_employed, member, woman, young : float
        How much more readily they answer than others (selection).
    size_power : float
        Firms answer by jobs to this power.
    members, members_free : float, share
        In communities, of employees and of the self-employed.
    """

    card_scale: float = 1.4
    outside: float = -1.5
    silence: float = 0.03
    self_employed: float = 2.5
    member: float = 2.0
    woman: float = 1.3
    young: float = 1.3
    size_power: float = 0.3
    members: float = 0.2
    members_free: float = 0.4


@dataclass(frozen=True)
class Draws:
    """Keyed draws of a survey.

    Parameters
    ----------
    key : int
        0 to 2**64 - 1.
    agents : uint64[n]
        Addresses of those who answer.
    """

    key: int
    agents: NDArray[np.uint64]

    def uniform(self, purpose: int, ordinal: int) -> Floats:
        """One uniform for each agent."""
        found: Floats = streams.uniforms(
            np.uint64(self.key), purpose, 0, self.agents, ordinal
        )
        return found

    def normal(self, purpose: int, ordinal: int) -> Floats:
        """One standard normal for each agent."""
        found: Floats = streams.normals(
            np.uint64(self.key), purpose, 0, self.agents, ordinal
        )
        return found

    def pick(self, purpose: int, ordinal: int, shares: Mapping[str, float]) -> Any:
        """One of some codes for each agent, by shares."""
        edges = np.cumsum(list(shares.values()))
        place = np.searchsorted(edges / edges[-1], self.uniform(purpose, ordinal))
        return np.array(list(shares), object)[place]

    def chosen(self, rows: Ints) -> Draws:
        """The draws of some of them."""
        return Draws(self.key, self.agents[rows])


def asked(whom: Any, answers: Any) -> NDArray[np.object_]:
    """Answers of those who were asked, None for the others."""
    found = np.full(len(whom), None, object)
    found[whom] = np.asarray(answers, object)[whom]
    return found


def sample(draws: Draws, readiness: Floats, size: int) -> Ints:
    """Who answers: without replacement, each by readiness; int64[size], sorted.

    An exponential race (Efraimidis & Spirakis 2006).
    """
    race = -np.log(draws.uniform(streams.SURVEY_SAMPLE, 0)) / readiness
    return np.sort(np.argsort(race)[:size])


def months_of(draws: Draws) -> Ints:
    """Months of the interviews."""
    u = draws.uniform(streams.SURVEY_SAMPLE, 1)
    return FIRST_MONTH + np.floor(u * MONTHS).astype(np.int64)


def as_file(
    part: Part, answers: Mapping[str, Any], draws: Draws, silence: float
) -> pd.DataFrame:
    """Answers as texts in the columns of the codebook, some left empty.

    Parameters
    ----------
    part : {"workers", "firms"}
    answers : mapping of str to array
        By column; None and NaN are no answer, months are numbers.
    draws : Draws
    silence : float, share

    Returns
    -------
    DataFrame of str
    """
    letter = part[0]
    count = len(draws.agents)
    names = [f"{SYNTHETIC_IDS}{letter}-{k + 1:04d}" for k in range(count)]
    frame = {RESPONDENT: names, SYNTHETIC: [YES] * count}
    for ordinal, (name, item) in enumerate(codebook().columns(part).items()):
        if name not in answers:
            continue
        texts = [_text(value, item.type) for value in answers[name]]
        if name not in ABOUT_THE_ROW:
            quiet = draws.uniform(streams.SURVEY_SILENCE, ordinal) < silence
            texts = ["" if q else t for q, t in zip(quiet, texts, strict=True)]
        frame[name] = texts
    return pd.DataFrame(frame)


def _text(value: Any, kind: str) -> str:
    if value is None or (not isinstance(value, str) and np.isnan(value)):
        return ""
    if kind == "month":
        return month_name(int(value))
    return value if isinstance(value, str) else f"{float(value):.10g}"


def draw_survey(
    key: int, ground: Ground, assumed: Assumed | None = None
) -> dict[Part, pd.DataFrame]:
    """Both parts of a synthetic survey, as texts.

    Parameters
    ----------
    key : int
        Key of the draws: another key is another survey.
    ground : Ground
        Base year, whose scenario holds the true parameters.
    assumed : Assumed, optional

    Raises
    ------
    InputError
        If the key cannot be one.
    """
    from calibration.survey.synthetic_firms import draw_firms
    from calibration.survey.synthetic_workers import draw_workers

    if not 0 <= key < 2**64:
        allowed = "a whole number from 0 to 2**64 - 1"
        raise InputError([Fault("is no key", "--key", value=key, allowed=allowed)])
    how = assumed or Assumed()
    return {
        "workers": draw_workers(key, ground, how),
        "firms": draw_firms(key, ground, how),
    }


def write_survey(drawn: Mapping[Part, pd.DataFrame], folder: Path) -> list[Path]:
    """Write the parts of a survey as CSV files into a folder.

    Raises
    ------
    InputError
        If they cannot be written.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for part, frame in drawn.items():
            path = folder / f"{part}.csv"
            frame.to_csv(path, index=False, lineterminator="\n")
            written.append(path)
    except OSError as error:
        reason = (error.strerror or "cannot be written").lower()
        raise InputError([Fault(reason, str(folder))]) from error
    return written
