"""Words in texts: what somebody typed must stand there, every word of it."""

from typing import Any

from sqlalchemy import ColumnElement, or_


def holds(words: str, *columns: Any) -> list[ColumnElement[bool]]:
    """One condition a word: it stands in one of the columns, in whatever case; % and _ are plain characters."""
    return [or_(*(column.icontains(word, autoescape=True) for column in columns)) for word in words.split()]
