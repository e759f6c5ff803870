"""Words in texts: what somebody typed must stand there, every word of it."""

from collections.abc import Hashable
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, or_

from app.models.pages.pairs import SEARCHED, caseless, offered, searched
from app.models.pages.quickest import each_word, weights
from app.typed import contains, icontains, places_of


def holds(words: str, *columns: Any) -> list[ColumnElement[bool]]:
    """One condition a word: it stands in one of the columns, in whatever case; % and _ are plain characters."""
    model = searched(columns)
    whole = model is not None and len(columns) == len(SEARCHED[model.__tablename__])
    return each_word(
        model, words, lambda word: offered(model, word), lambda word: stands(word, *columns), all_of_it=whole
    )


def shape_of(words: str, model: Any) -> Hashable:
    """All that a statement with `holds` of this model's columns hangs on besides the words themselves."""
    every = dict.fromkeys(words.split())
    forms = [(len(word), caseless(word)) for word in every]
    return places_of(words), *forms, weights({(model, word, ""): partial(offered, model, word) for word in every})


def stands(word: str, *columns: Any) -> ColumnElement[bool]:
    """The condition that a word stands in one of the columns, looked for in each row."""
    if caseless(word):  # no text needs to be put into small letters for it
        return or_(*(contains(column, word) for column in columns))
    return or_(*(icontains(column, word) for column in columns))
