"""A list in several parts, each with an order of its own, that pages as one.

The portal's activities are the example: first what comes, soonest first, then what was, newest first. All
parts are read in one statement, so that a page costs the same wherever it begins. A position names its part.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from flask import request
from sqlalchemy import Integer, literal_column, select, union_all

from app.db import db
from app.few import about, keys_at, once
from app.listing import Key, Listing, Page
from app.made_rows import Kind, bare, kind_of, made
from app.positions import place_of, places, token
from app.spoken import Spoken
from app.statements import is_one_of, kept, settled, steady, these


@dataclass(frozen=True)
class Part:
    """What says the conditions that make a part of the list, and its order (last key: the id)."""

    conditions: Callable[[], Sequence[Any]]
    order: Sequence[Key]


@dataclass
class Chained(Listing):
    """A Listing over columns whose `parts` follow each other; their total is counted by the caller.

    Its rows are kept in memory (app/made_rows.py): they name nobody.
    """

    parts: Sequence[Part] = field(default_factory=list)
    meets_words = True  # its total is counted in any case

    def _page(self) -> Page:
        after, before = self._where("after"), self._where("before")
        backwards = before is not None and after is None
        found = self._gather(before if backwards else after, backwards)
        more, found = len(found) > self.per_page, found[: self.per_page]
        if backwards:
            found.reverse()
        has_after, has_before = (bool(found), more) if backwards else (more, after is not None and bool(found))
        first, last = (found[0], found[-1]) if found else (None, None)
        return Page(
            found,
            self._total(),
            self._link("before", first) if has_before else None,
            self._link("after", last) if has_after else None,
        )

    def _where(self, way: str) -> tuple[int, list[Any]] | None:
        """(part, its position) in the address, or None when there is none of this list."""
        number, _, rest = request.args.get(way, "").partition(".")
        if not (number.isascii() and number.isdigit() and int(number[:2]) < len(self.parts)):
            return None
        values = place_of(rest, self.parts[int(number[:2])].order)
        return (int(number[:2]), values) if values else None

    def _link(self, way: str, row: Any) -> str:
        at = token([key.of(row) for key in self.parts[row.part].order])
        return self.filters.address(**{way: f"{row.part}.{at}"})

    def _gather(self, at: tuple[int, list[Any]] | None, backwards: bool) -> list[Any]:
        """At most one row more than a page, in the direction of reading."""
        start = at[0] if at else 0
        numbers = list(range(start, -1, -1) if backwards else range(start, len(self.parts)))
        if not self.filters.typed:
            return self._read(at, numbers, backwards)
        rows, parts = list[Any](), self._few(at, numbers, backwards)
        if parts is None:
            where = at and (at[0], *at[1]), backwards
            rows, parts = once(self, where, lambda: self._read(at, numbers, backwards), lambda row: (row.id, row.part))
        return rows or self._rows_of(dict(parts))

    def _read(self, at: tuple[int, list[Any]] | None, numbers: Sequence[int], backwards: bool) -> list[Any]:
        spoken, kind = self.kept(self._union, at[0] if at else None, tuple(numbers), backwards)
        found = [made(kind, row) for row in spoken.raw({**self.values, **places(at and at[1])})]
        if len(numbers) == 1:
            return found
        rows = [row for number in numbers for row in self._in_order(number, found, backwards)]
        return rows[: self.per_page + 1]

    def _few(
        self, at: tuple[int, list[Any]] | None, numbers: Sequence[int], backwards: bool
    ) -> Sequence[tuple[int, int]] | None:
        """The id and the part of each row of a page, where the words find so little that all of it is known."""
        parts: dict[int, int] = {}
        for number in numbers:
            if len(parts) > self.per_page:
                break
            part = self.parts[number]
            alone = replace(self, order=part.order, stmt=partial(self._part, part), name=f"{self.name} {number}")
            keys = keys_at(alone, at[1] if at and at[0] == number else None, backwards)
            if keys is None:
                return None
            parts |= {key[-1]: number for key in keys}
        return list(parts.items())[: self.per_page + 1]

    def _rows_of(self, parts: Mapping[int, int]) -> list[Any]:
        if not parts:
            return []
        spoken, kind = kept(("few", *about(self)), self._by_ids)
        raw = spoken.raw({**self.values, **these(list(parts), self.per_page + 1)})
        found = {row.id: row for row in (made(kind, (*one[:-1], parts[one[0]])) for one in raw)}
        return [found[id] for id in parts if id in found]

    def _by_ids(self) -> tuple[Spoken, Kind]:
        """Rows by their ids, which come first of their columns, in whatever part: its number comes last."""
        rows: Any = self.stmt() if callable(self.stmt) else self.stmt
        rows = rows.add_columns(literal_column("0", Integer).label("part"))
        chosen = bare(rows).where(is_one_of(self.order[-1].column, self.per_page + 1))
        return Spoken(settled(chosen)), kind_of(rows, db.engine.dialect)

    def _union(self, at: int | None, numbers: Sequence[int], backwards: bool) -> tuple[Spoken, Kind]:
        pieces = [self._piece(number, at == number, backwards) for number in numbers]
        plain, kind = [bare(piece) for piece in pieces], kind_of(pieces[0], db.engine.dialect)
        whole = union_all(*(select(one.subquery()) for one in plain)) if len(plain) > 1 else plain[0]
        return Spoken(settled(whole)), kind

    def _piece(self, number: int, beyond: bool, backwards: bool) -> Any:
        """The first rows of one part, behind (or before) the position if it lies in this part."""
        part = self.parts[number]
        piece = replace(self, order=part.order)
        stmt = self.narrowed().where(*part.conditions())
        if beyond:
            stmt = stmt.where(piece._beyond(backwards))
        stmt = stmt.add_columns(literal_column(str(number), Integer).label("part")).order_by(
            *piece._directions(backwards)
        )
        # with words a plan may hang on them
        return (stmt if self.filters.typed else steady(stmt)).limit(self.per_page + 1)

    def _in_order(self, number: int, found: Sequence[Any], backwards: bool) -> list[Any]:
        """The rows of one part, sorted: a union keeps no order."""
        rows = [row for row in found if row.part == number]
        for key in reversed(self.parts[number].order):
            rows.sort(key=key.of, reverse=key.descending is not backwards)
        return rows

    def all(self) -> Iterator[Any]:
        """Every filtered row, part after part."""
        for part in self.parts:
            yield from Listing.all(replace(self, order=part.order, stmt=partial(self._part, part)))

    def _part(self, part: Part) -> Any:
        return (self.stmt() if callable(self.stmt) else self.stmt).where(*part.conditions())
