"""Addresses that were built once: a page names a hundred, nearly all of them the same on every page."""

from collections.abc import Callable
from typing import Any

from flask.globals import _cv_request

ROOM = 4096  # then all are forgotten: what pages share is built again at once
SIMPLE = (int, str, type(None))


class Addresses:
    """What `url_for` said, by where the site lies (URL_PREFIX), the endpoint and its values."""

    def __init__(self) -> None:
        self.known: dict[tuple[Any, ...], str] = {}

    def of(self, endpoint: str, values: dict[str, Any], build: Callable[..., str]) -> str:
        """The address of this page; `build` says it where it is not known."""
        key = key_of(endpoint, values)
        if key is None:
            return build(endpoint, **values)
        found = self.known.get(key)
        if found is None:
            if len(self.known) >= ROOM:
                self.known.clear()
            found = self.known[key] = build(endpoint, **values)
        return found


def key_of(endpoint: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """What the address depends on; None where it depends on more (the page asked for, the host) or a value is no simple one."""
    context = _cv_request.get(None)  # not the proxies: a page asks for a dozen addresses
    adapter = context.url_adapter if context else None
    if adapter is None or endpoint[0] == "." or (values and (values.get("_external") or values.get("_scheme"))):
        return None
    for value in values.values():
        if type(value) not in SIMPLE:
            return None
    return (adapter.script_name, endpoint, *values.items())
