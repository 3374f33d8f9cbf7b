"""The firm part of the synthetic survey: moves, cards and freelance contracts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from calibration.ground import SITE_PARAMETERS, Ground
from calibration.survey.cards import BLOCKS, SETS, SITES, shipped_cards
from calibration.survey.codebook import codebook
from calibration.survey.synthetic import (
    FIRMS,
    Assumed,
    Draws,
    Floats,
    Ints,
    as_file,
    asked,
    months_of,
    sample,
)
from model import streams
from model.processes.state import LANGUAGES, SUBSECTORS

MICRO = 10  # jobs from which a firm is no micro firm
FROM_OUTSIDE = 0.15  # movers that came from beyond the Region; assumed
SLOTS = 5
REASONS = {"space": 0.3, "lease": 0.2, "rent": 0.15, "transit": 0.1, "media": 0.1,
           "broadcaster": 0.03, "building": 0.07, "staff": 0.05}  # fmt: skip


def draw_firms(key: int, ground: Ground, assumed: Assumed) -> pd.DataFrame:
    """Answers of firms, as texts."""
    table = ground.state.firms
    independent = np.flatnonzero(~table.anchor)
    everybody = Draws(key, table.address[independent])
    readiness = table.jobs[independent].astype(float) ** assumed.size_power
    rows = sample(everybody, readiness, min(FIRMS, len(independent)))
    firm, draws = independent[rows], everybody.chosen(rows)
    subsector, jobs = table.subsector[firm].astype(int), table.jobs[firm].astype(int)
    answered = months_of(draws)
    founded = (answered - table.age[firm]) // 12
    answers: dict[str, Any] = {
        "answered": answered,
        "subsector": np.array(SUBSECTORS, object)[subsector],
        "language": np.array([x.lower() for x in LANGUAGES], object)[
            table.language[firm]
        ],
        "size": np.where(jobs < MICRO, "micro", "larger").astype(object),
        "jobs": jobs,
        "founded": founded,
        "lease_end": answered + 1 + 36 - table.lease[firm] % 36,
    }
    origin = table.cell[firm].astype(np.int64)
    answers |= _moves(draws, ground, (subsector, jobs, origin), answered // 12, founded)
    answers |= _contracts(draws, ground)
    answers |= _choices(draws, ground, subsector, assumed)
    return as_file("firms", answers, draws, assumed.silence)


def _moves(
    draws: Draws,
    ground: Ground,
    firm: tuple[Ints, Ints, Ints],
    year: Ints,
    founded: Ints,
) -> dict[str, Any]:
    """Last moves: each year back with the model's chance, to a site that was chosen."""
    subsector, jobs, origin = firm
    u = draws.uniform(streams.SURVEY_MOVE, 0)
    rate = ground.truth("relocation.rate")
    back = np.floor(np.log(u) / np.log1p(-rate)).astype(np.int64)
    moved = year - back >= founded
    inside = draws.uniform(streams.SURVEY_MOVE, 1) >= FROM_OUTSIDE
    chosen = destinations(draws, ground, subsector, jobs, origin)
    here, inside = np.where(moved, chosen, origin), inside & moved
    x, y = ground.region.x_km * 1000.0, ground.region.y_km * 1000.0
    elsewhere = draws.pick(
        streams.SURVEY_MOVE, 2, {"flanders": 0.6, "wallonia": 0.3, "abroad": 0.1}
    )
    answers = {
        "last_move": np.where(moved, (year - back).astype(float), np.nan),
        "moved_from": asked(moved, np.where(inside, "brussels", elsewhere)),
        "site_x": x[here],
        "site_y": y[here],
        "before_x": np.where(inside, x[origin], np.nan),
        "before_y": np.where(inside, y[origin], np.nan),
    }
    for k, column in enumerate(codebook().item("firms", "reason").columns):
        said = draws.pick(streams.SURVEY_MOVE, 3 + k, REASONS)
        answers[column] = asked(moved, said)
    return answers


def destinations(
    draws: Draws, ground: Ground, subsector: Ints, jobs: Ints, origin: Ints
) -> Ints:
    """Cells that firms choose: argmax of the model's utility plus its own error."""
    beta = np.array([ground.truth(name) for name in SITE_PARAMETERS])
    cells = np.arange(len(ground.region), dtype=np.uint64)
    found = np.empty(len(origin), np.int64)
    key = np.uint64(draws.key)
    for i, agent in enumerate(draws.agents):
        s = int(subsector[i])
        room = ground.free >= jobs[i] * ground.need_per_job
        utility = ground.attributes(s, int(origin[i])) @ beta + ground.rest[s]
        utility[room] += np.log(ground.free[room])
        errors = streams.uniforms_of(
            key, streams.SURVEY_MOVE, 1, np.full(len(cells), agent), cells
        )
        total = np.where(room, utility - np.log(-np.log(errors)), -np.inf)
        found[i] = int(total.argmax())
    return found


def _contracts(draws: Draws, ground: Ground) -> dict[str, Any]:
    """Last five freelance contracts: for incumbents, and of these for known ones."""
    experienced = np.zeros(len(draws.agents), np.int64)
    repeat = experienced.copy()
    for k in range(SLOTS):
        u = draws.uniform(streams.SURVEY_FIRM, 2 * k)
        v = draws.uniform(streams.SURVEY_FIRM, 2 * k + 1)
        incumbent = u < ground.truth("projects.incumbent")
        experienced += incumbent
        repeat += incumbent & (v < ground.truth("projects.repeat"))
    return {"slots_experienced": experienced, "slots_repeat": repeat}


def _choices(
    draws: Draws, ground: Ground, subsector: Ints, assumed: Assumed
) -> dict[str, Any]:
    """Choices among cards: the model's nested logit, sharpened by the card scale."""
    beta = np.array([ground.truth(name) for name in SITE_PARAMETERS])
    nest = ground.truth("choice.region_nest")
    block = np.floor(draws.uniform(streams.SURVEY_CHOICE, 0) * BLOCKS).astype(int)
    columns = codebook().item("firms", "choice").columns
    answers: dict[str, Any] = {"card_block": block + 1}
    codes = np.array([*SITES, "outside"], object)
    for k in range(SETS):
        shown = {
            name: values[block, k].ravel() for name, values in shipped_cards().items()
        }
        worth = ground.card_attributes(shown, np.repeat(subsector, len(SITES))) @ beta
        utility = (assumed.card_scale * worth).reshape(-1, len(SITES))
        errors = np.stack(
            [gumbels(draws, 10 * k + 1 + site) for site in range(len(SITES))], axis=1
        )
        total = utility + errors
        shared = [
            streams.nest_error(nest, u, v)
            for u, v in zip(
                draws.uniform(streams.SURVEY_CHOICE, 10 * k + 5),
                draws.uniform(streams.SURVEY_CHOICE, 10 * k + 6), strict=True,
            )
        ]  # fmt: skip
        region = nest * total.max(axis=1) + np.array(shared)
        outside = assumed.outside + gumbels(draws, 10 * k + 7)
        best = np.where(outside > region, len(SITES), total.argmax(axis=1))
        answers[columns[k]] = codes[best]
    return answers


def gumbels(draws: Draws, ordinal: int) -> Floats:
    """Standard Gumbel errors of choices, one for each agent."""
    return np.asarray(-np.log(-np.log(draws.uniform(streams.SURVEY_CHOICE, ordinal))))
