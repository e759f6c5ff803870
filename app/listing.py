"""Every list in the product: a filter form and a select; page, fragment and export use the same two.

Pages follow each other by position (keyset), not by number: `after=` and `before=` carry the sort key
of the last or first row shown, so that the last page costs what the first one does.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Self

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, and_, bindparam, or_, select
from wtforms import Form, ValidationError

from app.addresses import address
from app.counted import counted
from app.db import db
from app.export import KINDS, export
from app.few import keys_of, page_of
from app.htmx import render
from app.positions import place_of, places, token
from app.reads import along, capped, counting, length_of
from app.statements import VARIED, T, kept, objects_of, rows_of, this_hour
from app.typed import typing

PER_PAGE = 20
EXPORT_LIMIT = 100_000
LONGEST_WORDS = 50  # letters of a search, a person types fewer
Narrow = Callable[[Select[Any]], Select[Any]]


class FilterForm(Form):
    """Query-string fields that narrow a select. A field with a bad value shows an error and no rows."""

    _good: bool | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether every field is good; judged once, though a view asks it and its list again."""
        if self._good is None:
            self._good = super().validate(extra_validators)
        return self._good

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Return `stmt` narrowed by the fields that were given."""
        raise NotImplementedError

    def validate_q(self, field: Any) -> None:
        """Words are not longer than a person would type."""
        if len(field.data or "") > LONGEST_WORDS:
            raise ValidationError(f"关键词最多 {LONGEST_WORDS} 个字，现在是 {len(field.data)} 个。")

    @contextmanager
    def without_words(self) -> Iterator[Self]:
        """This form as if nobody had typed words."""
        field = self._fields.get("q")
        typed = field and field.data
        if field:
            field.data = ""
        try:
            yield self
        finally:
            if field:
                field.data = typed

    @property
    def typed(self) -> str:
        """The words that somebody typed."""
        field = self._fields.get("q")
        return str(field.data or "") if field else ""

    @property
    def said(self) -> str:
        """What is wrong with the filters, in one line."""
        return "；".join(message for messages in self.errors.values() for message in messages)

    def given(self) -> dict[str, Any]:
        """The fields that narrow, as they stand in the query string (for links and chips)."""
        sent = {name: value for name, value in request.args.items() if value and name in self._fields}
        return {name: value for name, value in (sent | self.settled).items() if value}

    def shape(self, but: str = "") -> Hashable:
        """What `narrow` (`but` for one field) depends on besides who looks and the words themselves; None: hardly asked twice."""
        chosen = {name: str(one.data) for name, one in self._fields.items() if one.data and name != but}
        words = self.shape_of_words() if chosen.pop("q", None) else ()
        return None if words is None else (*chosen.items(), words)

    def shape_of_words(self) -> Hashable:
        """What a statement with such words depends on besides these; None where it takes them for no parameters (app/typed.py)."""
        return None

    @cached_property
    def settled(self) -> dict[str, str]:
        """Fields that the address holds several times (selects below each other), as the field judged them."""
        several = [name for name, values in request.args.lists() if len(values) > 1 and name in self._fields]
        return {name: str(self._fields[name].data or "") for name in several}

    def address(self, **changes: Any) -> str:
        """This list's address with these query values put in (None or '' takes one out), from its first page."""
        return address(**{**self.settled, **changes})


class AnyFilter(FilterForm):
    """A list that is not narrowed further."""

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """All of it."""
        return stmt


@dataclass(frozen=True)
class Key:
    """One column of a list's order."""

    column: Any
    descending: bool = False
    value: Callable[[Any], Any] | None = None  # how to read it from a row; default: the column's name

    def of(self, row: Any) -> Any:
        return self.value(row) if self.value else getattr(row, self.column.key)


@dataclass
class Page:
    """The rows of one page, with the links around it."""

    items: Sequence[Any]
    total: int
    before: str | None
    after: str | None

    @property
    def empty(self) -> bool:
        return not self.items


@dataclass
class Listing:
    """A list: `stmt` already narrowed by access, its filter form, its order (last key: the id).

    `columns` maps an export's headings to functions of a row; without them there is no export.
    `personal` ones are exported by a POST of their own view (logged), never by GET. `scalars` False: rows of columns, not objects.
    `shape` names all that `stmt` depends on (who looks, and from where): then its statements are built once, and `stmt` may
    be what builds it. `values` are its parameters. `total` comes from who counts the parts of the list anyway; else it is counted once
    where `topics` (and `stands`, a number that rises with what is no topic) name what changes the list.
    """

    stmt: Select[Any] | Callable[[], Select[Any]]
    filters: FilterForm
    order: Sequence[Key]
    columns: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    name: str = "list"
    per_page: int = PER_PAGE
    personal: bool = False
    scalars: bool = True
    shape: Hashable = None
    values: Mapping[str, Any] = field(default_factory=dict)
    total: int | None = None
    topics: Sequence[str] = ()  # on which its rows hang, and on nothing else: counted once (app/counted.py)
    stands: int | None = None  # with it pages are kept as those of words are (app/few.py)
    meets_words: ClassVar[bool] = False  # common words are met along it sooner than all of them are put in order
    _lengths: dict[Narrow, int] = field(default_factory=dict, init=False)

    def respond(self, template: str, *fragments: str, **context: Any) -> ResponseReturnValue:
        """The page, its `results` block for htmx (or `fragments`), or the export of all filtered rows."""
        wrong = not self.filters.validate()
        kind = request.args.get("format", "")
        if kind and self.columns and not wrong and not self.personal:
            return self.export(kind)
        page = Page([], 0, None, None) if wrong else self.page()
        context |= {"page": page, "filters": self.filters, "exports": bool(self.columns)}
        return render(template, *(fragments or ("results",)), status=422 if wrong else 200, **context)

    def export(self, kind: str, seen: Callable[[Any], Any] = lambda row: None) -> ResponseReturnValue:
        """All filtered rows as `csv` or `xlsx` (404 for another kind); personal ones come by POST. `seen` hears each."""
        if not self.filters.validate() or kind not in KINDS:
            abort(404)

        def told() -> Iterator[Any]:
            for row in self.all():
                seen(row)
                yield row

        return export(kind, self.name, self.columns, told())

    def typing(self) -> AbstractContextManager[None]:
        """Inside its statements may be kept and run: where they are kept, the words that narrow it are parameters."""
        return typing(self.filters.typed if self.shape is not None and self.filters.shape() is not None else "")

    def page(self) -> Page:
        """The page that `after=` or `before=` of the request asks for."""
        with self.typing():
            return self._page()

    def _page(self) -> Page:
        after, before = (place_of(request.args.get(way, ""), self.order) for way in ("after", "before"))
        backwards = before is not None and after is None
        position = before if backwards else after
        found = self._fetch(position, backwards)
        more = len(found) > self.per_page
        found = found[: self.per_page]
        if backwards:
            found.reverse()
        has_after = more if not backwards else bool(found)
        has_before = more if backwards else position is not None and bool(found)
        return Page(
            found,
            len(found) if position is None and not more and self._searched() else self._total(),
            self._link("before", found[0]) if has_before else None,
            self._link("after", found[-1]) if has_after else None,
        )

    def narrowed(self, narrow: Narrow | None = None) -> Select[Any]:
        """Everything that the filters (or only `narrow` of them) leave, in no order."""
        narrow = narrow or self.filters.narrow
        with along(lambda: self._length(narrow)):
            return narrow(self.stmt() if callable(self.stmt) else self.stmt)

    def _length(self, narrow: Narrow) -> int:
        """How long the list is without its words, as far as that is counted; asked once an hour where the list has a shape: only the
        way of looking hangs on it."""

        def measured(*_: Hashable) -> int:
            rows = narrow(self.stmt() if callable(self.stmt) else self.stmt)
            return db.session.scalar(select(length_of(rows)), self.values) or 0

        if narrow not in self._lengths:
            with self.filters.without_words(), along(None):
                self._lengths[narrow] = self.kept(measured, narrow.__name__, this_hour())
        return self._lengths[narrow]

    def kept(self, build: Callable[..., T], *args: Hashable) -> T:
        """The statement that `build(*args)` makes of this list, from memory where its shape is known."""
        chosen = None if self.shape is None else self.filters.shape()
        order = tuple((str(key.column), key.descending) for key in self.order)
        about = type(self), self.name, self.per_page, type(self.filters), order, build.__name__, args
        return kept(None if chosen is None else (about, self.shape, chosen), lambda: build(*args))

    def _fetch(self, position: list[Any] | None, backwards: bool) -> list[Any]:
        return (page_of if self.filters.typed or self.stands is not None else Listing.read)(self, position, backwards)

    def read(self, position: list[Any] | None, backwards: bool) -> list[Any]:
        """At most one row more than a page, by the list's own statement."""
        stmt = self.kept(self._rows, position is not None, backwards)
        values = {**self.values, **places(position)}
        return objects_of(stmt, values) if self.scalars else list(rows_of(stmt, values))

    def _rows(self, beyond: bool, backwards: bool) -> Select[Any]:
        stmt = self.narrowed()
        if beyond:
            stmt = stmt.where(self._beyond(backwards))
        return stmt.order_by(*self._directions(backwards)).limit(self.per_page + 1)

    def _directions(self, backwards: bool) -> list[Any]:
        return [key.column.desc() if key.descending is not backwards else key.column.asc() for key in self.order]

    def _beyond(self, backwards: bool) -> Any:
        """Rows behind (or before) the position `places`: (a > x) or (a = x and (b > y)) …"""
        ways: list[Any] = []
        equal: list[Any] = []
        for number, key in enumerate(self.order):
            value = bindparam(f"at{number}", type_=key.column.type)
            down = key.descending is not backwards
            ways.append(and_(*equal, key.column < value if down else key.column > value))
            equal.append(key.column == value)
        first = self.order[0]
        edge = bindparam("at0", type_=first.column.type)
        bound = first.column <= edge if first.descending is not backwards else first.column >= edge
        return and_(bound, or_(*ways))  # the outer bound lets the index start at the right place

    def _total(self) -> int:
        return counted(self, self._counted_now) if self.total is None else self.total

    def _searched(self) -> bool:
        # words narrow it, or what is hardly asked twice: what one page holds then is not counted again, which takes as long
        return bool(self.filters.typed or self.filters.shape() is None)

    def _counted_now(self) -> int:
        known = keys_of(self)
        return len(known) if known is not None else int(rows_of(self.kept(self._counted), self.values)[0][0] or 0)

    def _counted(self) -> Select[Any]:
        return select(capped(self.narrowed)).execution_options(**VARIED)

    def told(self) -> int:
        """How many rows its pages say that it has, exactly below CAP."""
        with self.typing():
            return self._total()

    def all(self) -> Any:
        """Every filtered row up to the limit of an export, some at a time."""
        with counting(EXPORT_LIMIT) if self.filters.typed else nullcontext():  # whom words name, all of them
            stmt = self.narrowed().order_by(*self._directions(False)).limit(EXPORT_LIMIT)
        stmt = stmt.execution_options(yield_per=500)
        return (db.session.scalars if self.scalars else db.session.execute)(stmt, self.values)

    def _link(self, way: str, row: Any) -> str:
        return self.filters.address(**{way: token([key.of(row) for key in self.order])})
