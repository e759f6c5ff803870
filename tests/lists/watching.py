"""Over the shoulder of every list: what it was asked, what its page held, and on demand all that it holds."""

from dataclasses import dataclass, field
from typing import Any

from flask import current_app, request
from sqlalchemy import func, literal, select

from app.chained import Chained
from app.db import db
from app.export import written
from app.listing import Listing, Page
from tests.crowd import MANY

BIG = 500  # rows on a page while a whole list is walked
PLACES = 3_010  # a list of them is as long in a small crowd


@dataclass
class Seen:
    """One asking of a list: its page, and on demand all that it holds."""

    listing: Listing
    page: Page
    keys: list[Any]
    every: list[Any] = field(default_factory=list)
    walked: list[Any] = field(default_factory=list)
    count: int = 0
    file: str = ""


@dataclass
class Watch:
    """What lists were asked, and how they are to answer."""

    seen: list[Seen] = field(default_factory=list)
    whole: bool = False
    counting: bool = False
    filing: bool = False

    def last(self) -> Seen | None:
        """The newest asking, forgotten at once."""
        found = self.seen[-1] if self.seen else None
        self.seen.clear()
        return found


def key(listing: Listing, row: Any) -> Any:
    """What tells a row from all others of the list."""
    order = listing.parts[row.part].order if isinstance(listing, Chained) else listing.order
    own = tuple(one.of(row) for one in order)
    return (row.part, *own) if isinstance(listing, Chained) else own


def count_of(listing: Listing) -> int:
    """How many rows the list holds, past all caps."""
    narrowed = listing.narrowed().order_by(None)
    parts = (
        [narrowed.where(*part.conditions()) for part in listing.parts] if isinstance(listing, Chained) else [narrowed]
    )
    ones = [part.with_only_columns(literal(1), maintain_column_froms=True).subquery() for part in parts]
    return sum(db.session.scalar(select(func.count()).select_from(one), listing.values) or 0 for one in ones)


def every_key(listing: Listing, asked: Any) -> list[Any]:
    """All rows in one page."""
    usual, listing.per_page = listing.per_page, 10 * MANY
    found = [key(listing, row) for row in asked(listing).items]
    listing.per_page = usual
    return found


def file_of(listing: Listing, asked: Any) -> str:
    """What a CSV of all rows says, in the order of the pages."""
    usual, listing.per_page = listing.per_page, 10 * MANY
    file = b"".join(written("csv", listing.columns, asked(listing).items)).decode()
    listing.per_page = usual
    return file


def walked(listing: Listing, asked: Any) -> list[Any]:
    """All rows, page by page along the addresses of 下一页, but on larger pages and without drawing them."""
    usual, listing.per_page = listing.per_page, BIG
    found, address = [], request.path
    while address and len(found) <= 4 * max(MANY, PLACES) + BIG:
        with current_app.test_request_context(address):
            page = asked(listing)
        found += [key(listing, row) for row in page.items]
        address = page.after or ""
    listing.per_page = usual
    return found
