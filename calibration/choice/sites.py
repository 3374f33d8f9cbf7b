"""Firms' answers as choices of sites: cards that were shown, and moves that were made.

A move is a choice among all cells with room for the firm. What the survey does not ask
about (density, mix, talent, the zone's constant) stands in the offset, with ln of
vacant floor space. A zone's constant is never fitted: nobody can tell it from
agglomeration in one year's map. It is the one that brings the base year back with the
coefficients found: fitted once with those of the declared values, the constants are
inverted again, and the choices are fitted once more. A second time changes little: on
twelve synthetic surveys whose truth lay far from the declared values, the mean keep
factor went from 2.02 to 2.07 and 2.08, where constants of the truth give 2.09.
"""

from __future__ import annotations

import numpy as np

from calibration.choice.conditional import Choices
from calibration.choice.fitting import Floats, Ints, NoEstimateError
from calibration.ground import SITE_PARAMETERS, Ground
from calibration.survey.cards import SITES, shipped_cards
from calibration.survey.codebook import codebook
from calibration.survey.reading import Survey
from model.processes.state import SUBSECTORS

RECENT_YEARS = 15.0  # older moves were made in another city; assumed
MOST_MOVES = 1000  # that are fitted: more than the Region's media firms have made
MONTHS = 12.0


def stated_choices(
    survey: Survey,
    ground: Ground,
    weight: Floats,
    cards: dict[str, Floats] | None = None,
) -> Choices:
    """Choices among cards; -1 where the outside was chosen.

    Parameters
    ----------
    survey : Survey
        Of firms.
    ground : Ground
    weight : float64[respondents]
    cards : dict of str to float64[blocks, choices, sites], optional
        What the cards said; those of the codebook if not given.

    Raises
    ------
    NoEstimateError
        If nobody chose.
    """
    shown = shipped_cards() if cards is None else cards
    firm, choice = cards_told(survey)
    if not len(firm):
        raise NoEstimateError("no_choice")
    every = np.stack(
        [survey.number("card_block")[firm].astype(int) - 1, choice,
         subsectors_of(survey)[firm], card_answers(survey)[firm, choice]]
    )  # fmt: skip
    size = tuple(every.max(axis=1) + 1)
    code = np.ravel_multi_index(tuple(every), size)
    kinds = np.flatnonzero(np.bincount(code))
    *at, trade, answer = np.unravel_index(kinds, size)
    flat = {name: values[tuple(at)].ravel() for name, values in shown.items()}
    start = np.arange(len(answer)) * len(SITES)
    return Choices(
        attributes=ground.card_attributes(flat, np.repeat(trade, len(SITES))),
        offset=np.zeros(len(answer) * len(SITES)),
        start=start,
        chosen=np.where(answer < len(SITES), start + answer, -1),
        weight=weight[firm],
        respondent=firm,
        case=np.searchsorted(kinds, code),
    )


def card_answers(survey: Survey) -> Ints:
    """Site chosen in each choice, by position; -1 for no answer; int64[firms, k]."""
    columns = codebook().item("firms", "choice").columns
    return np.stack([survey.code(name) for name in columns], axis=1)


def cards_told(survey: Survey) -> tuple[Ints, Ints]:
    """Firm and choice of each answer to cards of which block and trade are known."""
    usable = np.isfinite(survey.number("card_block")) & (subsectors_of(survey) >= 0)
    firm, choice = np.nonzero((card_answers(survey) >= 0) & usable[:, None])
    return firm, choice


def revealed_choices(survey: Survey, ground: Ground, weight: Floats) -> Choices:
    """The last moves within the Region, among all cells with room for the firm.

    Of more than `MOST_MOVES`, as many are taken, spread evenly over the file: a choice
    among all cells is large, and a sample of moves is right as well.

    Raises
    ------
    NoEstimateError
        If no move can be used.
    """
    to = ground.cell_of(survey.number("site_x"), survey.number("site_y"))
    origin = ground.cell_of(survey.number("before_x"), survey.number("before_y"))
    subsector, jobs = subsectors_of(survey), survey.number("jobs")
    past = survey.number("answered") / MONTHS - survey.number("last_move")
    usable = (
        (to >= 0)
        & (origin >= 0)
        & (subsector >= 0)
        & np.isfinite(jobs)
        & (past <= RECENT_YEARS)
        & survey.is_code("moved_from", "brussels")
    )
    attributes, offsets, starts, chosen, who = [], [], [], [], []
    rows = 0
    movers = np.flatnonzero(usable & (weight > 0.0))
    step = max(1.0, len(movers) / MOST_MOVES)
    for firm in movers[np.arange(0.0, len(movers), step).astype(int)]:
        need = jobs[firm] * ground.need_per_job
        open_to = ground.free >= need
        open_to[to[firm]] = True  # It found room there, whatever the base year says.
        cells = np.flatnonzero(open_to)
        s = int(subsector[firm])
        attributes.append(ground.attributes(s, int(origin[firm]))[cells])
        offsets.append(
            np.log(np.maximum(ground.free[cells], need)) + ground.rest[s, cells]
        )
        starts.append(rows)
        chosen.append(rows + int(np.searchsorted(cells, to[firm])))
        who.append(firm)
        rows += len(cells)
    if not who:
        raise NoEstimateError("no_move")
    return Choices(
        np.concatenate(attributes), np.concatenate(offsets), np.array(starts),
        np.array(chosen), weight[who], np.array(who),
    )  # fmt: skip


def subsectors_of(survey: Survey) -> Ints:
    """Position of each respondent's trade among the model's; -1 for no answer."""
    codes = codebook().item(survey.part, "subsector").codes
    position = np.array([SUBSECTORS.index(code) for code in codes] + [-1])
    return np.asarray(position[survey.code("subsector")], np.int64)


def site_names() -> tuple[str, ...]:
    """Parameters in the order of a joint fit, without the scale and the outside."""
    return (*SITE_PARAMETERS, "choice.region_nest")
