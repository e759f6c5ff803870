"""Where the parts of a chart stand: server-made SVG, drawn by templates/macros/charts.html. Lengths are SVG units."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 1000, 236
LEFT, RIGHT, TOP, FLOOR = 64, 990, 26, 202
WIDEST = 24  # of one bar
LABELS = 16  # as many months fit with their names
ROW, BAR_LEFT, BAR_RIGHT = 36, 84, 312


@dataclass(frozen=True)
class Bar:
    """One bar: `x`, `y`, `width`, `height`; `figure` is what it says."""

    x: float
    y: float
    width: float
    height: float
    figure: int


@dataclass(frozen=True)
class Pair:
    """A figure and that of the year before beside it, with the name under (or before) them."""

    name: str
    x: float
    before: Bar
    now: Bar
    partial: bool = False  # the time is not over


@dataclass(frozen=True)
class Chart:
    """Pairs of bars with their scale: (position, figure) of each line."""

    pairs: list[Pair]
    scale: list[tuple[float, int]]
    most: Pair | None
    height: int = HEIGHT


def steps(most: int) -> list[int]:
    """Round figures from 0 to at least `most`, three to five of them, whole numbers."""
    unit = 1
    while True:
        for step in (unit, 2 * unit, 5 * unit):
            if step * 4 >= most:
                return [step * number for number in range(max(2, -(-most // step)) + 1)]
        unit *= 10


def columns(figures: Sequence[tuple[str, int, int]], partial: str = "") -> Chart:
    """Columns of (name, figure, figure of the year before); the one named `partial` is not over yet."""
    lines = steps(max((max(now, before) for _, now, before in figures), default=0))
    room = (RIGHT - LEFT) / max(1, len(figures))
    width = min(WIDEST, room * 0.4)
    pairs = []
    for number, (name, now, before) in enumerate(figures):
        middle = LEFT + room * (number + 0.5)
        earlier, later = (
            _column(x, width, figure, lines[-1]) for x, figure in ((middle - width - 1, before), (middle + 1, now))
        )
        label = name if number % -(-len(figures) // LABELS) == 0 else ""
        pairs.append(Pair(label, middle, earlier, later, partial=name == partial))
    scale = [(FLOOR - (FLOOR - TOP) * line / lines[-1], line) for line in lines]
    return Chart(pairs, scale, max((one for one in pairs if one.now.figure), key=_figure, default=None))


def _figure(pair: Pair) -> int:
    return pair.now.figure


def _column(x: float, width: float, figure: int, top: int) -> Bar:
    height = round((FLOOR - TOP) * figure / top, 1)
    return Bar(round(x, 1), FLOOR - height, round(width, 1), height, figure)


def rows(figures: Sequence[tuple[str, int, int]]) -> Chart:
    """Bars that lie, one below the other, of (name, figure, figure of the year before)."""
    most = max((max(now, before) for _, now, before in figures), default=0) or 1
    pairs = []
    for number, (name, now, before) in enumerate(figures):
        y = number * ROW + 6
        earlier, later = (
            Bar(BAR_LEFT, at, round((BAR_RIGHT - BAR_LEFT) * figure / most, 1), height, figure)
            for figure, at, height in ((before, y + 17, 8), (now, y, 15))
        )
        pairs.append(Pair(name, y, earlier, later))
    return Chart(pairs, [], max((one for one in pairs if one.now.figure), key=_figure, default=None), ROW * len(pairs))
