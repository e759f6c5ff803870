"""What people and machines type that they should not: a catalogue in eleven families, one a module.

Each input says what the product must answer. Whatever a place makes of it, no answer is a 5xx or a traceback, none
leads to another site, none lets the input become markup, and a refusal (4xx) has written nothing. Beyond that:

    INERT     kept or shown as the text it is, or refused; both are right
    REFUSED   a field of its own kind answers 422 and names the field
    MENDED    a field of its own kind takes it for what was meant
    HERE      the answer stays on this site
    NOTHING   as an address it names nothing: 404 (or 405), never another row
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

INERT, REFUSED, MENDED, HERE, NOTHING = "inert", "refused", "mended", "here", "nothing"


@dataclass(frozen=True)
class Bad:
    """One input: what it is, its value, what must be answered, and the kind of field of its own ("" = any)."""

    what: str
    value: Any
    must: str = INERT
    kind: str = ""

    def __str__(self) -> str:
        return self.what


def many(must: str, kind: str, **values: Any) -> list[Bad]:
    """Inputs of one kind with one right answer, by what they are."""
    return [Bad(what.replace("_", " "), value, must, kind) for what, value in values.items()]


def catalogue() -> dict[str, list[Bad]]:
    """Every family, by name."""
    from tests.badinput import (
        markup,
        numbers,
        passwords,
        paths,
        people,
        pictures,
        redirects,
        requests,
        sheets,
        sql,
        text,
    )

    families = (text, markup, sql, paths, people, numbers, redirects, requests, pictures, sheets, passwords)
    return {family.__name__.rpartition(".")[2]: family.ALL for family in families}


def typed() -> list[Bad]:
    """All that can be typed into a field or an address: every family but files and requests."""
    return [bad for name, family in catalogue().items() if name not in FILES for bad in family]


def of_kind(kind: str, inputs: Iterable[Bad]) -> list[Bad]:
    """Those for which a field of this kind has one right answer."""
    return [bad for bad in inputs if bad.kind == kind]


FILES = {"pictures", "sheets", "requests"}
