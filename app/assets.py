"""Static files with hashed addresses, cached for a year, and their integrity values.

htmx is an installed dependency (package-lock.json holds its integrity): it is served from node_modules
under `/assets/htmx.js`, with the same hashed address as our own files.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, send_file, url_for

from app.access import public
from app.finished import kept

YEAR = 31_536_000


class Assets:
    """Knows each file's hash; files are read once, and again in development when they change."""

    def __init__(self, app: Flask) -> None:
        self.root = Path(app.static_folder or "")
        self.htmx = Path(app.root_path).parent / "node_modules/htmx.org/dist/htmx.min.js"
        self.known: dict[tuple[Path, float], tuple[str, str]] = {}
        self.watch = app.debug

    def hashes(self, path: Path) -> tuple[str, str]:
        """(short hash for the address, `sha384-…` for the integrity attribute) of a file."""
        key = (path, path.stat().st_mtime if self.watch else 0.0)
        if key not in self.known:
            content = path.read_bytes()
            sri = "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
            self.known[key] = (hashlib.sha256(content).hexdigest()[:10], sri)
        return self.known[key]


def _cache_for_a_year(response: Response) -> Response:
    hashed = request.endpoint in ("static", "htmx") and "v" in request.args
    if hashed and response.status_code < 400:
        control = response.cache_control
        control.public, control.max_age, control.immutable, control.no_cache = True, YEAR, True, None
    return response


def init(app: Flask) -> None:
    """Add the hashed addresses, the htmx route, caching and the template globals."""
    assets = Assets(app)

    def version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values and (assets.root / values["filename"]).is_file():
            values["v"] = assets.hashes(assets.root / values["filename"])[0]
        if endpoint == "htmx":
            values["v"] = assets.hashes(assets.htmx)[0]

    @public
    def htmx() -> Response:
        return send_file(assets.htmx, mimetype="text/javascript")

    app.url_defaults(version)
    app.add_url_rule("/assets/htmx.js", "htmx", htmx)
    app.after_request(_cache_for_a_year)
    once: Any = (lambda ask: ask) if app.debug else cache  # every page asks
    app.jinja_env.globals["asset_sri"] = once(lambda name: assets.hashes(assets.root / name)[1])
    app.jinja_env.globals["htmx_url"] = lambda: url_for("htmx")
    app.jinja_env.globals["htmx_sri"] = once(lambda: assets.hashes(assets.htmx)[1])
    public(app.view_functions["static"])
    if not app.debug:  # else files are read again when they change
        for view in (app.view_functions["static"], htmx):
            kept()(view)
