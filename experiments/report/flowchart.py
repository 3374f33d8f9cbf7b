"""From where to where as a picture: ribbons into the focus zone, and out of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from experiments.report.svg import Anchor, Drawing, ribbon, spread_out
from experiments.report.texts import Texts

WIDTH, TALL = 720, 280
PITCH = 18
NODE = 12
LABEL = 235
MARGIN = 28


class Stream(NamedTuple):
    """Jobs that come or go; ``jobs`` is above zero."""

    label: str
    jobs: float
    style: str


def flow_chart(
    comes: Sequence[Stream], goes: Sequence[Stream], focus: str, texts: Texts
) -> Drawing:
    """Ribbons as thick as the jobs that they stand for.

    Parameters
    ----------
    comes, goes : sequence of Stream
        Into the focus zone and out of it.
    focus : str
        Its name.
    texts : Texts
    """
    most = max(sum(s.jobs for s in comes), sum(s.jobs for s in goes), 1e-9)
    scale = TALL / most
    both = bool(goes)
    middle = WIDTH / 2 - NODE / 2 if both else WIDTH - LABEL
    needed = [_heights(side, scale) for side in (comes, goes)]
    height = max(TALL, *needed) + 2 * MARGIN
    drawing = Drawing(WIDTH, height)
    for side, streams in enumerate((comes, goes)):
        if not streams:
            continue
        total = sum(s.jobs for s in streams) * scale
        inner = (height - total) / 2
        edge = LABEL if side == 0 else WIDTH - LABEL - NODE
        _side(drawing, streams, (edge, middle, inner, scale), side, texts)
    inflow = sum(s.jobs for s in comes)
    net = inflow - sum(s.jobs for s in goes)
    thick = max(inflow, inflow - net) * scale
    top = (height - thick) / 2
    drawing.rect((middle, top), (NODE, thick), "node focus")
    words = f"{focus} {texts.signed(net)}"
    if both:
        drawing.text((middle + NODE / 2, top - 9), words, "label strong", "middle")
    else:
        at = (middle + NODE + 8, height / 2 + 4)
        drawing.text(at, words, "label strong", "start")
    return drawing


def _heights(streams: Sequence[Stream], scale: float) -> float:
    return sum(max(s.jobs * scale + 3, PITCH) for s in streams)


def _side(
    drawing: Drawing, streams: Sequence[Stream],
    frame: tuple[float, float, float, float], side: int, texts: Texts,
) -> None:  # fmt: skip
    edge, middle, inner, scale = frame
    steps = [max(s.jobs * scale + 3, PITCH) for s in streams]
    top = (drawing.height - sum(steps)) / 2
    starts = [top + sum(steps[:i]) for i in range(len(steps))]
    centres = [
        start + (step - stream.jobs * scale) / 2
        for start, step, stream in zip(starts, steps, streams, strict=True)
    ]
    anchor: Anchor = "end" if side == 0 else "start"
    labels = spread_out(
        [y + s.jobs * scale / 2 for y, s in zip(centres, streams, strict=True)], 15
    )
    for stream, y, label in zip(streams, centres, labels, strict=True):
        thick = max(stream.jobs * scale, 0.5)
        tip = f"{stream.label}: {texts.number(stream.jobs, _digits(stream.jobs))}"
        if side == 0:
            data = ribbon((edge + NODE, y), (middle, inner), thick)
        else:
            data = ribbon((middle + NODE, inner), (edge, y), thick)
        drawing.path(data, f"flow {stream.style}", tip)
        drawing.rect((edge, y), (NODE, thick), f"node {stream.style}", tip)
        at = edge - 7 if side == 0 else edge + NODE + 7
        drawing.text((at, label + 4), tip, "label", anchor)
        inner += thick


def _digits(jobs: float) -> int:
    return 0 if jobs >= 9.95 else 1
