"""The texts that stand on the portal as they are: 使用帮助 and the pages at its foot, read from app/data/*.toml.

Pages show them by chapters and sections, the search looks through them. Links name endpoints of this site, so that
they hold under a path prefix too.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Picture:
    """A picture of one of our pages: `name` below static/img/guide, what it shows, and its size in CSS pixels."""

    name: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class Section:
    """One step of the guide or one part of a page: its anchor, heading, lines, and what belongs to it."""

    id: str
    title: str
    lines: list[str]
    who: str = ""  # who does it
    figures: str = ""  # of the operating guide: 图-2、图-3
    links: list[list[str]] = field(default_factory=list)  # [endpoint, words]
    picture: Picture | None = None

    @property
    def text(self) -> str:
        """All of it as one line, for the search."""
        return " ".join(self.lines)


@dataclass(frozen=True)
class Chapter:
    """A page (about, privacy, accessibility), or a chapter of the guide."""

    id: str
    title: str
    lead: str
    sections: list[Section]


@cache
def chapters(name: str) -> list[Chapter]:
    """The chapters of `guide.toml`, or the pages of `pages.toml`."""
    told = tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))
    return [
        Chapter(one["id"], one["title"], one.get("lead", ""), [_section(part) for part in one["sections"]])
        for one in told["chapters"]
    ]


def page(name: str) -> Chapter:
    """One page of `pages.toml`."""
    return next(one for one in chapters("pages") if one.id == name)


def find(words: str) -> list[tuple[str, Section]]:
    """(endpoint of the page, section) of everything that holds every word in heading or text."""
    wanted = words.lower().split()
    return [
        (endpoint, section)
        for endpoint, chapter, section in _everything()
        if wanted and all(word in f"{chapter.title} {section.title} {section.text}".lower() for word in wanted)
    ]


def _everything() -> Iterator[tuple[str, Chapter, Section]]:
    for chapter in chapters("guide"):
        yield from (("portal.guide", chapter, section) for section in chapter.sections)
    for chapter in chapters("pages"):
        yield from ((f"portal.{chapter.id}", chapter, section) for section in chapter.sections)


def _section(told: dict[str, object]) -> Section:
    picture = told.pop("picture", None)
    return Section(**told, picture=Picture(**picture) if isinstance(picture, dict) else None)  # type: ignore[arg-type]
