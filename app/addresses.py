"""Addresses that were built once: a page names a hundred, nearly all of them the same on every page. And those of lists, which
hang on what was asked for."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from flask import Request, url_for
from flask.globals import _cv_request

ROOM = 4096  # then all are forgotten: what pages share is built again at once
SIMPLE = (int, str, type(None))
LEFT_OUT = ("after", "before", "format")  # of a list's address: positions start anew


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


def address(**changes: Any) -> str:
    """This list's address with these query values put in (None or '' takes one out); positions start anew."""
    asked: Any = _cv_request.get().request  # not the proxy; and taken apart once: a page names a dozen addresses
    if "as_list" not in asked.__dict__:
        asked.as_list = _taken_apart(asked)
    path, kept = asked.as_list
    kept = {**kept, **{name: _pair(name, str(value)) if value else "" for name, value in changes.items()}}
    query = "&".join([pairs for pairs in kept.values() if pairs])
    return f"{path}?{query}" if query else path


def _taken_apart(asked: Request) -> tuple[str, dict[str, str]]:
    """The path of this request, and by its name each of its values that stays, as it stands in an address."""
    named = asked.view_args or {}
    sent = {name: values for name, values in asked.args.lists() if name not in LEFT_OUT and name not in named}
    # past `url_for`, which takes an `endpoint` or `_anchor` that somebody writes into an address for its own
    kept = {name: "&".join([_pair(name, str(one)) for one in values if one]) for name, values in sent.items()}
    return url_for(asked.endpoint or "", **named), kept


@lru_cache(maxsize=256)  # a page names the same ones in each of its addresses
def _pair(name: str, value: str) -> str:
    return urlencode({name: value}, safe="!$'()*,/:;?@")  # what Werkzeug's own addresses leave as it stands
