"""The map of a model in a notebook: the picture of the workshop view, as a widget.

::

    from live.notebook import RegionMap

    model = mp.MediaparkModel("full-plan")
    region = RegionMap(model)
    region                       # shows the base state
    for _ in range(24):
        model.step()
        region.update()          # shows the month, and keeps it for looking back

It draws with the page's own modules and only looks: a run is the same with a map or
without. Needs ``pip install 'mediapark[notebook]'``; no internet.
"""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from live.frames import frame_of
from live.layers import LAYERS
from live.modules import STATIC, one_module
from live.words import all_words
from live.world import ground_of
from model.simulation import MediaparkModel

RUN = "A"
WORDS = ("map.", "legend.", "unit.", "no.value", "view.layer", "timeline")


class RegionMap(anywidget.AnyWidget):
    """A map of a model's present month, and of those that were shown before.

    Parameters
    ----------
    model : MediaparkModel
    **choices
        Traits to begin with: ``layer="jobs"``, ``language="fr"``.

    Attributes
    ----------
    layer : {"rent", "jobs", "vacancy", "knowledge", "freelancers"}
        What colours the cells.
    firms, communities, names : bool
        Whether they are drawn.
    language : {"en", "fr", "nl"}
    months : list of str, YYYY-MM
        Months that were shown.
    month : str, YYYY-MM
        The one that is shown now; set it to look back.
    cell : int or None
        Cell that was clicked, or that of a firm that was: ``model.firms.cell == cell``
        finds the firms there.
    """

    _esm = one_module("notebook.mjs")
    _css = STATIC / "notebook.css"

    world = traitlets.Dict().tag(sync=True)
    texts = traitlets.Dict().tag(sync=True)
    title = traitlets.Dict().tag(sync=True)
    frame = traitlets.Bytes().tag(sync=True)
    months = traitlets.List(traitlets.Unicode()).tag(sync=True)
    month = traitlets.Unicode().tag(sync=True)
    layer = traitlets.Enum([one.key for one in LAYERS], LAYERS[0].key).tag(sync=True)
    firms = traitlets.Bool(True).tag(sync=True)
    communities = traitlets.Bool(True).tag(sync=True)
    names = traitlets.Bool(True).tag(sync=True)
    language = traitlets.Enum(["en", "fr", "nl"], "en").tag(sync=True)
    cell = traitlets.Int(None, allow_none=True).tag(sync=True)

    def __init__(self, model: MediaparkModel, **choices: Any) -> None:
        self.model = model
        self._frames: dict[str, bytes] = {}
        words = {k: dict(t) for k, t in all_words().items() if k.startswith(WORDS)}
        super().__init__(
            world=ground_of(model.region),
            texts=words,
            title=dict(model.scenario.title),
            **self._taken(),
            **choices,
        )

    def update(self) -> None:
        """Show the model's present month, and keep it for looking back."""
        with self.hold_sync():
            for name, value in self._taken().items():
                setattr(self, name, value)

    def _taken(self) -> dict[str, Any]:
        month = self.model.month
        frame = frame_of(self.model.state, RUN, self.model.steps)
        # A model that was put back to an earlier month has no later ones.
        kept = {known: old for known, old in self._frames.items() if known < month}
        self._frames = {**kept, month: frame}
        return {"months": list(self._frames), "month": month, "frame": frame}

    @traitlets.validate("month")
    def _shown_before(self, proposal: dict[str, Any]) -> str:
        month: str = proposal["value"]
        if month not in self._frames:
            known = f"{min(self._frames)} to {max(self._frames)}"
            raise traitlets.TraitError(f"{month} is no month that was shown: {known}")
        return month

    @traitlets.observe("month")
    def _look(self, change: dict[str, Any]) -> None:
        self.frame = self._frames[self.month]
