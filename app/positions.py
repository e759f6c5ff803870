"""Where a page of a list begins, as it stands in its address (app/listing.py): the sort key of a row."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.listing import Key

BIGGEST = 2**31  # what an INTEGER of PostgreSQL holds


def places(position: Sequence[Any] | None) -> dict[str, Any]:
    """A position as the parameters of `Listing._beyond`."""
    return {f"at{number}": value for number, value in enumerate(position or ())}


def token(values: Sequence[Any]) -> str:
    """A position as it stands in an address."""
    plain = json.dumps([_plain(value) for value in values])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def place_of(token: str, order: "Sequence[Key]") -> list[Any] | None:
    """The values of a position in a list of this order; None when the token is no such position."""
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return [_typed(value, key.column) for key, value in zip(order, values, strict=True)] if token else None
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (datetime, date)) else value


def _typed(value: Any, column: Any) -> Any:
    kind = column.type.python_type
    if issubclass(kind, datetime):
        return kind.fromisoformat(str(value)).astimezone(UTC)
    if issubclass(kind, date):
        return kind.fromisoformat(str(value))
    if issubclass(kind, int) and not -BIGGEST < int(value) < BIGGEST:
        raise ValueError("no database keeps such a number")
    if issubclass(kind, str) and "\0" in str(value).encode().decode():  # encode: a lone surrogate is a ValueError
        raise ValueError("no database keeps such a text")
    return kind(value)
