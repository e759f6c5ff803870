"""Rows that are made once: what the driver gives for a row of a list is compared before any of it is converted.

A list that people look at shows the same rows again and again. Making a row (three moments, a state, names for its values)
costs many times what comparing it does. Only for rows that name nobody: they stay in memory after the database forgot them.
"""

from collections import namedtuple
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Label, Select, type_coerce
from sqlalchemy.types import NullType


class Kind:
    """What the rows of a statement are: a tuple with names, equal only to itself, the same one for the same values."""

    def __init__(self, names: Sequence[str], types: Sequence[Any], dialect: Dialect) -> None:
        named: Any = namedtuple  # for a checker of types, which wants to read the names here
        base = named("Row", names)
        self.row: Any = type("Row", (base,), {"__slots__": (), "__hash__": object.__hash__, "__eq__": object.__eq__})
        self.ways = [one.dialect_impl(dialect).result_processor(dialect, None) for one in types]

    def made(self, values: tuple[Any, ...]) -> Any:
        """The row of these values, as `bare` fetches them."""
        return self.row(*(way(value) if way else value for way, value in zip(self.ways, values, strict=True)))


def kind_of(stmt: Select[Any], dialect: Dialect) -> Kind:
    """What the rows of this statement are."""
    columns = stmt.selected_columns
    return _kind(tuple(str(one.key) for one in columns), tuple(one.type for one in columns), dialect)


# The same one for all statements with these columns: their rows are the same rows.
_kind = lru_cache(maxsize=32)(Kind)


def bare(stmt: Select[Any]) -> Select[Any]:
    """The same statement, its values left as the driver gives them."""
    columns: list[Label[Any]] = [type_coerce(one, NullType()).label(one.key) for one in stmt.selected_columns]
    return stmt.with_only_columns(*columns)


@lru_cache(maxsize=2048)
def made(kind: Kind, values: tuple[Any, ...]) -> Any:
    """The row of this kind, made once."""
    return kind.made(values)
