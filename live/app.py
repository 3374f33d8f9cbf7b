"""The model in Mesa's own browser view, for those who know Mesa.

``solara run live.app`` serves it: parameters, the map of ``live.notebook`` and charts
of the model's data collector. Another scenario or number works from the next reset on.
The workshop view (``mediapark live``) is faster, shows two runs side by side and lets a
room change levers while they run. Needs ``pip install 'mediapark[solara]'``.
"""

from __future__ import annotations

import solara
from mesa.visualization import Slider, SolaraViz, make_plot_component
from mesa.visualization.utils import update_counter

from live.notebook import RegionMap
from live.words import text
from model.scenario import list_scenarios, read_scenario
from model.simulation import CATALOGUE, MediaparkModel, vocabulary

LANGUAGE = "en"  # as the rest of Mesa's page
FIRST = "full-plan"
LARGEST_KEY = 99
# One for each question that a room asks: how much is new, who moves, and what is near.
SLIDERS = (
    "choice.region_nest", "relocation.rate", "site.rent", "site.own_sector",
    "growth.trend", "telework.after",
)  # fmt: skip
STEPS = 100
BESIDE_MAP = "jobs_at_reyers"
CHARTS = ("jobs", "vacancy", "rent", "freelancers", "communities")
MAP_PAGE, CHART_PAGE = 0, 1


class ChosenModel(MediaparkModel):
    """The model as the page's choices make it; Mesa builds a new one on reset.

    Parameters
    ----------
    scenario : str
    rng : int
        Replicate key.
    **kwargs : float
        Parameters by dotted name, in their unit; Mesa asks for this very word.
    """

    def __init__(self, scenario: str = FIRST, rng: int = 0, **kwargs: float) -> None:
        chosen = read_scenario(scenario, vocabulary()).with_parameters(kwargs)
        super().__init__(chosen, rng)


def slider(name: str) -> Slider:
    """A slider over the plausible range of a parameter, as it is declared."""
    one = CATALOGUE[name]
    low, high = one.plausible
    label = f"{name} ({one.unit})"
    return Slider(label, one.default, low, high, (high - low) / STEPS, dtype=float)


@solara.component  # type: ignore[untyped-decorator]
def region_map(model: MediaparkModel) -> None:
    """The map of the present month, and of those that were shown."""
    update_counter.get()  # Mesa counts the months that it has let pass
    shown = solara.use_memo(lambda: RegionMap(model, language=LANGUAGE), [model])
    solara.use_effect(shown.update, [model, model.steps])
    solara.Text(text("caveat")[LANGUAGE])
    solara.display(shown)


CHOICES = {
    "scenario": {
        "type": "Select",
        "label": "Scenario",
        "value": FIRST,
        "values": [one.name for one in list_scenarios() if one.kind == "scenario"],
    },
    "rng": Slider("Replicate key: the luck of the run", 0, 0, LARGEST_KEY, 1),
    **{name: slider(name) for name in SLIDERS},
}


@solara.component  # type: ignore[untyped-decorator]
def mediapark() -> None:
    """Mesa's view of a model of one's own: whoever opens the page gets another."""
    SolaraViz(
        solara.use_memo(ChosenModel, []),
        components=[
            (region_map, MAP_PAGE),  # alone on its left, for it is taller than a chart
            make_plot_component(BESIDE_MAP, page=MAP_PAGE),
            *(make_plot_component(name, page=CHART_PAGE) for name in CHARTS),
        ],
        model_params=CHOICES,
        name="Mediapark",
    )


page = mediapark()
