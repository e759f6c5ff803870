"""Fixtures of the browser tests: a running server, and people before a Chromium.

`page` is a desk (1280 px), `phone` a telephone (390 px, touch), `plain` a desk whose browser runs no scripts:
all in Chinese, in Shanghai, and addresses may be relative: `page.goto("/activities")`.
"""

import http.client
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask, current_app
from playwright.sync_api import BrowserContext, Page, Playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from app.db import db
from tests.support import chromium

PATIENCE = 10_000  # milliseconds until an expected element or page must be there
PHONE = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}


class Silent(WSGIRequestHandler):
    """Writes no line a request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve `app` by threads of this process on a free port of 127.0.0.1; yields its address.

    A word that only this server knows comes back in a header, so that no test can speak to another one.
    """
    word = secrets.token_hex(8)

    def signed(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, ("X-Test-Server", word)], *rest)

        return app(environ, start)

    server = make_server("127.0.0.1", 0, signed, threaded=True, request_handler=Silent)
    server.daemon_threads = False  # so that closing waits for answers under way
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        _assert_ours(server.server_port, word)
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _assert_ours(port: int, word: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/healthz", headers={"Connection": "close"})
    assert connection.getresponse().headers["X-Test-Server"] == word
    connection.close()


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The address of the application under test, served in this process by other threads.

    A test that uses models must commit before the browser acts: SQLite has one writer.
    """
    db.session.commit()
    with serving(app) as address:
        yield address


@pytest.fixture(scope="session")
def found() -> chromium.Chromium:
    """The browser of this machine."""
    return chromium.find()


@pytest.fixture(scope="session")
def playwright(found: chromium.Chromium, playwright: Playwright) -> Playwright:
    """Playwright, started after `found` told it which Node to use."""
    return playwright


@pytest.fixture(scope="session")
def browser_type_launch_args(found: chromium.Chromium, browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Our Chromium instead of Playwright's own."""
    return {**browser_type_launch_args, **found.launch_options()}


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], live_server: str) -> dict[str, Any]:
    """A Chinese desk in Shanghai, before the application under test."""
    desk = {"viewport": {"width": 1280, "height": 900}, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
    return {**browser_context_args, **desk, "base_url": live_server}


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    """Playwright's context, with our patience."""
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Page:
    """A page on a telephone."""
    page = _page(new_context(**PHONE))
    page.set_viewport_size({"width": 390, "height": 844})
    return page


@pytest.fixture
def plain(new_context: Callable[..., BrowserContext]) -> Page:
    """A page in a browser that runs no scripts."""
    return _page(new_context(java_script_enabled=False))


def enter(page: Page, username: str, path: str) -> None:
    """Become this person in a new session and open the page. How one signs in at the form: tests/browser/test_accounts.py."""
    client: Any = current_app.test_client()
    value = client.sign_in(username).get_cookie("session").value
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "session", "value": value, "domain": "127.0.0.1", "path": "/"}])
    page.goto(path)


def _page(context: BrowserContext) -> Page:
    context.set_default_timeout(PATIENCE)
    return context.new_page()
