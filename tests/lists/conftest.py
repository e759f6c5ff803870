"""The crowded city, and an eye on its lists."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.chained import Chained
from app.listing import Listing, Page
from tests.crowd import MANY, Crowd
from tests.fixtures import as_new
from tests.lists.watching import Seen, Watch, count_of, every_key, file_of, key, walked
from tests.test_every_page import Readers


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Look over the shoulder of every list."""
    watch = Watch()
    for kind in (Listing, Chained):
        asked = kind.page

        def page(self: Any, asked: Any = asked) -> Page:
            found = asked(self)
            seen = Seen(self, found, [key(self, row) for row in found.items])
            if watch.counting:
                seen.count = count_of(self)
            if watch.filing and self.columns:
                seen.file = file_of(self, asked)
            if watch.whole:
                seen.every = every_key(self, asked)
                seen.walked = walked(self, asked)
            watch.seen.append(seen)
            return found

        monkeypatch.setattr(kind, "page", page)
    return watch


@pytest.fixture
def full(kind: str, crowded_sites: Any) -> Iterator[Any]:
    """The readers of the crowded city, and its rows by route."""
    with as_new(*crowded_sites(kind), f"crowd-{kind}") as app:
        yield Readers(app), Crowd(MANY).rows()
