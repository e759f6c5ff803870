"""Finished pages: what all visitors get alike stays in memory as bytes and is answered before Flask begins.

A view marked `kept` is built once for each address, mode and kind of answer (page or fragment), and stands until one
of its topics is touched (app/freshness.py: a commit of this process at once, of another within a second) or the next
minute begins, since what is open, running and over depends on the clock. Whoever sends a session cookie (signed in,
or with a form under way) gets nothing from here and leaves nothing here. Each answer carries an ETag of its content
and is kept only as browsers ask for it: compressed. Who asks for a page that is being built waits for it instead of
building it too. These pages hold no token: their forms check Origin (app/origin.py).
"""

import contextlib
import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import brotli
from flask import Flask, Response, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import Accept
from werkzeug.exceptions import HTTPException
from werkzeug.http import parse_accept_header
from werkzeug.sansio.http import parse_cookie

from app import clock, freshness
from app.models.topics import SHARED

ROOM = 2 * 1024 * 1024  # bytes of all pages together, some 450 of them packed; those not asked for longest make room
LARGEST = 512 * 1024
KINDS = ("text/html", "text/css", "text/javascript", "image/svg+xml")
PERSONAL = ("session=", "remember_token=")  # cookies that make an answer personal; `__Host-session=` too
MODES = ("mode", "__Host-mode")  # app/cookies.py: only one of them counts, depending on the settings
PLACE = ("wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING")
PART = ("HTTP_HX_REQUEST_TYPE", "HTTP_HX_HISTORY_RESTORE_REQUEST")  # what app/htmx.py looks at
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
UNPACKED: dict[str, Callable[[bytes], bytes]] = {
    "": lambda body: body,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}
MINE = "finished.key"  # in a request's environment: under which key its answer may be kept
PATIENCE = 10  # seconds to wait for who builds the same page already

View = Callable[..., Any]


def kept(*topics: str) -> Callable[[View], View]:
    """Mark a public view whose answers to visitors are kept until one of these topics is touched; none: for good."""

    def mark(view: View) -> View:
        view.topics = (*topics, *SHARED) if topics else ()  # type: ignore[attr-defined]
        return view

    return mark


@dataclass
class Page:
    """One finished answer. `numbers` are the generations known before it was begun; `forms` its body by packing, '' for none."""

    numbers: dict[str, int]
    topics: tuple[str, ...]
    minute: int
    headers: list[tuple[str, str]]
    etag: str
    forms: dict[str, bytes]

    @property
    def room(self) -> int:
        """About how many bytes it takes."""
        return sum(map(len, self.forms.copy().values())) + 2000

    def stands(self, now: dict[str, int], minute: int) -> bool:
        """Whether this is still what the view would answer."""
        if not self.topics:
            return True
        if self.minute != minute:
            return False
        if self.numbers is not now:
            if any(self.numbers.get(topic) != now.get(topic) for topic in self.topics):
                return False
            self.numbers = now
        return True

    def answer(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status, headers and body for this request: 304 where the browser has it already."""
        if self.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            return "304 NOT MODIFIED", self.headers, b""
        way = best(environ.get("HTTP_ACCEPT_ENCODING", ""))
        body = self.forms.get(way) or self._made(way)
        packing = [("Content-Encoding", way)] if way else []
        return "200 OK", [*self.headers, *packing, ("Content-Length", str(len(body)))], body

    def _made(self, way: str) -> bytes:
        """The body packed like this, made of a form that is kept. The plain one, five times as long, gives way to a packed one."""
        known, found = next(iter(self.forms.copy().items()))
        body = UNPACKED[known](found)
        if way:
            body = self.forms[way] = PACKED[way](body)
            self.forms.pop("", None)
        return body


class Building:
    """A page that a request is building, for all who ask for it meanwhile; `page` is None where nothing came of it."""

    def __init__(self, numbers: dict[str, int], minute: int) -> None:
        self.numbers, self.minute = numbers, minute
        self.page: Page | None = None
        self.over = threading.Event()

    def will_do(self, now: dict[str, int], minute: int, topics: Iterable[str]) -> bool:
        """Whether it shows all that was committed before somebody came who knows `now`."""
        return self.minute == minute and all(self.numbers.get(one, 0) >= now.get(one, 0) for one in topics)


@lru_cache(maxsize=256)
def best(accepted: str) -> str:
    """The packing that this Accept-Encoding likes best; '' for none."""
    wanted: Accept = parse_accept_header(accepted[:200], Accept)
    quality = {name: wanted.quality(name) for name in PACKED}
    name = max(quality, key=lambda name: quality[name])
    return name if quality[name] > 0 else ""


def key_of(environ: dict[str, Any]) -> tuple[Any, ...]:
    """What the answer to a visitor depends on besides the time and the topics."""
    cookie = environ.get("HTTP_COOKIE", "")
    found = parse_cookie(cookie) if "mode=" in cookie else {}
    asked = *(environ.get(name, "") for name in PLACE), *(environ.get(name) for name in PART)
    return *asked, *(found.get(name) == "elder" for name in MODES)


def is_personal(environ: dict[str, Any]) -> bool:
    """Whether this request may be answered differently from another visitor's."""
    cookie = environ.get("HTTP_COOKIE", "")
    return environ["REQUEST_METHOD"] not in ("GET", "HEAD") or any(name in cookie for name in PERSONAL)


class Pages:
    """The finished pages of one application, those not asked for longest first."""

    def __init__(self, app: Flask) -> None:
        self.app, self.lock, self.used = app, threading.Lock(), 0
        self.held: OrderedDict[Any, Page] = OrderedDict()
        self.building: dict[Any, Building] = {}
        self._topics = lru_cache(maxsize=256)(self._view_topics)
        freshness.keeps(self.held)

    def serve(self, environ: dict[str, Any], start: Any) -> Iterable[bytes] | None:
        """Answer from memory; None where the view must, which may then leave its answer here."""
        if is_personal(environ):
            return None
        key, now, minute = key_of(environ), self._known(), clock.minute()
        page = self.held.get(key)
        if now is None or page is None or not page.stands(now, minute):
            page = self._from_another(environ, now, key, minute)
            if page is None:
                return None
        with contextlib.suppress(KeyError):  # another thread may have dropped it
            self.held.move_to_end(key)
        status, headers, body = page.answer(environ)
        start(status, headers)
        return [body] if environ["REQUEST_METHOD"] == "GET" else []

    def _from_another(self, environ: dict[str, Any], now: dict[str, int] | None, key: Any, minute: int) -> Page | None:
        """The page that another request is building just now; None where this one builds it, and others wait for it."""
        environ[MINE] = now, key, minute, None
        topics = None if now is None else self._topics(environ["PATH_INFO"])
        if now is None or topics is None:
            return None
        with self.lock:
            other = self.building.get(key)
            if other is None or not other.will_do(now, minute, topics):
                self.building[key] = mine = Building(now, minute)
                environ[MINE] = now, key, minute, mine
                return None
        other.over.wait(PATIENCE)
        return other.page

    def _view_topics(self, path: str) -> tuple[str, ...] | None:
        """Of the view that will answer there; None where its answers are not kept."""
        try:
            endpoint, _ = self.app.url_map.bind("").match(path.encode("latin1").decode(errors="replace"), "GET")
        except HTTPException:
            return None
        return getattr(self.app.view_functions.get(endpoint), "topics", None)

    def over(self, environ: dict[str, Any]) -> None:
        """The request has been answered, one way or another: nobody waits for it any more."""
        _, key, _, mine = environ.get(MINE, (None, None, 0, None))
        if mine is not None:
            with self.lock:
                if self.building.get(key) is mine:
                    del self.building[key]
            mine.over.set()

    def _known(self) -> dict[str, int] | None:
        """The generations, None while the database is away."""
        try:
            found = freshness.known()
            if found is None:
                with self.app.app_context():
                    found = freshness.all_numbers()
        except SQLAlchemyError:
            return None
        return found

    def keep(self, response: "Answer") -> Response:
        """The answer of a view, kept if it may be, and then packed like those from memory."""
        now, key, minute, mine = request.environ.get(MINE, (None, None, 0, None))
        topics = getattr(self.app.view_functions.get(request.endpoint or ""), "topics", None)
        if now is None or topics is None or request.method != "GET" or not is_common(response):
            return response
        headers, etag, body = _parts(response)
        page = Page(now, topics, minute, headers, etag, {"": body})
        response.close()  # the file, where it was one
        if mine is not None:
            mine.page = page
        status, headers, body = page.answer(request.environ)
        self._hold(key, page)
        if not body:
            return Response(body, status, headers)
        response.whole = status, headers, [body]
        return response

    def _hold(self, key: Any, page: Page) -> None:
        with self.lock:
            self.held[key] = page
            self.used += page.room  # at most: a page may have replaced an older one, or was packed since
            if self.used > ROOM:
                # a list: other threads move pages to the end meanwhile, without the lock
                self.used = sum(page.room for page in list(self.held.values()))
                while self.held and self.used > ROOM * 7 // 8:  # so that it is not counted again with each page
                    self.used -= self.held.popitem(last=False)[1].room


# Headers for which Werkzeug looks at an answer once more.
MOVED = {"location", "content-location"}


class Answer(Response):
    """An answer on its way out: where its headers are complete, nobody takes them apart and puts them together again."""

    whole: tuple[str, list[tuple[str, str]], list[bytes]] | None = None  # of a finished page

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Send it."""
        if self.whole is None and not self._is_complete(environ):
            return super().__call__(environ, start_response)
        status, headers, body = self.whole or (self.status, self.headers.to_wsgi_list(), self.response)
        start_response(status, headers)
        return cast(Iterable[bytes], body)  # `_is_complete` has seen the list, and Flask has encoded what is in it

    def _is_complete(self, environ: dict[str, Any]) -> bool:
        if (
            self.status_code != 200
            or environ["REQUEST_METHOD"] == "HEAD"
            or type(self.response) is not list
            or self._on_close
        ):
            return False
        names = {name.lower() for name, _ in self.headers}
        return "content-length" in names and not names & MOVED


def is_common(response: Response) -> bool:
    """Whether this answer is the same for every visitor and worth keeping."""
    if response.status_code != 200 or response.mimetype not in KINDS or "Set-Cookie" in response.headers:
        return False
    headers = response.headers
    if "no-store" in headers.get("Cache-Control", "") or "attachment" in headers.get("Content-Disposition", ""):
        return False  # what is ours to download is no page; static files say `inline`
    response.direct_passthrough = False  # a static file: read it
    return len(response.get_data()) <= LARGEST


def _parts(response: Response) -> tuple[list[tuple[str, str]], str, bytes]:
    """Headers, ETag and body."""
    body = response.get_data()
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    named = {name.lower(): (name, value) for name, value in response.headers}
    named["vary"] = "Vary", f"{named.get('vary', ('', ''))[1]}, Accept-Encoding".lstrip(", ")
    named["etag"] = "ETag", f"W/{etag}"
    named.setdefault("cache-control", ("Cache-Control", "no-cache"))  # asked again each time, answered by 304
    return [pair for name, pair in named.items() if name not in ("content-length", "date", "last-modified")], etag, body
