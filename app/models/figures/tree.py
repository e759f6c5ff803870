"""The table of regions that unfolds in place: 市 → 区 → 街道 → 社区 → people, one branch for each region on top.

Of a branch one path is open at a time: `opened` is the region whose children, or whose people, are shown last.
"""

from dataclasses import dataclass, field
from typing import Any

from app.models.figures.people import first_people
from app.models.figures.totals import Line, Scope, by_child, path
from app.models.region import Level, place_name
from app.models.regions.homes import above

SHOWN_PEOPLE = 20


@dataclass
class Node:
    """A line of the table: a region, its depth below the top (0) and whether it is open; `most` measures its bar."""

    line: Line
    depth: int
    most: int
    opened: bool = False
    people: list[Any] | None = None  # below an open community, the first by name

    @property
    def toggled(self) -> str:
        """What is open after a press: this one, or, where it was open, the one above it in the branch."""
        if not self.opened:
            return self.line.key
        return above(self.line.key) if self.depth else ""


@dataclass
class Branch:
    """A region on top with everything that is open below it."""

    key: str
    nodes: list[Node] = field(default_factory=list)


def tree(scope: Scope, lines: list[Line], opened: str, *columns: Any) -> list[Branch]:
    """A branch for each of the lines (`by_child` of the scope); `columns` are added to people's rows."""
    way = path(scope.region, opened)
    most = max((line.services for line in lines), default=0)
    return [_branch(scope, line, way if way[:1] == [line.key] else [], most, columns) for line in lines]


def branch_of(scope: Scope, key: str, opened: str, *columns: Any) -> Branch | None:
    """One branch of the tree as it stands with `opened`; None where there is no such region on top."""
    lines = by_child(scope)
    found = [line for line in lines if line.key == key]
    return tree(scope, found, opened, *columns)[0] if found else None


def _branch(scope: Scope, line: Line, way: list[str], most: int, columns: Any) -> Branch:
    return Branch(line.key, _unfolded(scope, line, way, 0, most, columns))


def _unfolded(scope: Scope, line: Line, way: list[str], depth: int, most: int, columns: Any) -> list[Node]:
    """The line and, where the way leads through it, what lies below."""
    node = Node(line, depth, most, opened=way[:1] == [line.key])
    if not node.opened:
        return [node]
    inside = scope.at(line.key)
    if inside.level is Level.COMMUNITY:
        node.people = first_people(inside, SHOWN_PEOPLE + 1, *columns)
        return [node]
    below = by_child(inside)
    widest = max((one.services for one in below), default=0)
    return [node, *(one for child in below for one in _unfolded(inside, child, way[1:], depth + 1, widest, columns))]


def trail(top: str, region: str) -> list[tuple[str, str]]:
    """(code, short name) from the acting post's region down to the one that is looked at."""
    return [(code, place_name(code, full=False)) for code in (top, *path(top, region))]
