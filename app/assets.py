"""Static files with hashed addresses, cached for a year, and their integrity values; style sheets as app/sheets.py makes them.

htmx is an installed dependency (package-lock.json holds its integrity): it is served from node_modules
under `/assets/htmx.js`, with the same hashed address as our own files.
"""

import base64
import hashlib
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request, send_file, url_for

from app import sheets
from app.access import public
from app.finished import kept

YEAR = 31_536_000


class Assets:
    """Knows what is sent for each file and its hash; files are read once, and again in development when they change."""

    def __init__(self, app: Flask) -> None:
        self.root = Path(app.static_folder or "")
        self.styles = self.root / "css"
        self.htmx = Path(app.root_path).parent / "node_modules/htmx.org/dist/htmx.min.js"
        self.known: dict[tuple[Path, float], tuple[str, str]] = {}
        self.sheets: dict[float, dict[str, bytes]] = {}
        self.watch = app.debug

    def hashes(self, path: Path) -> tuple[str, str]:
        """(short hash for the address, `sha384-…` for the integrity attribute) of a file."""
        key = (path, self._changed(path))
        if key not in self.known:
            content = self.sheet(path) or path.read_bytes()
            sri = "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
            self.known[key] = (hashlib.sha256(content).hexdigest()[:10], sri)
        return self.known[key]

    def sheet(self, path: Path) -> bytes | None:
        """The style sheet that is sent for this file; None for any other file."""
        if path.parent != self.styles or path.suffix != ".css":
            return None
        changed = self._changed(path)
        if changed not in self.sheets:
            self.sheets = {changed: sheets.served(self.styles)}
        return self.sheets[changed].get(path.name)

    def send(self, filename: str) -> Response:
        """Answer with the file of this name."""
        path = self.root / filename
        sheet = self.sheet(path)
        if sheet is None:
            return current_app.send_static_file(filename)
        return send_file(BytesIO(sheet), "text/css", download_name=path.name, etag=self.hashes(path)[0])

    def _changed(self, path: Path) -> float:
        """When it last changed: a sheet with any other one, since it holds values of the first one's tokens."""
        files = self.styles.glob("*.css") if path.parent == self.styles else (path,)
        return max(file.stat().st_mtime for file in files) if self.watch else 0.0


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

    app.view_functions["static"] = static = public(lambda filename: assets.send(filename))
    app.url_defaults(version)
    app.add_url_rule("/assets/htmx.js", "htmx", htmx)
    app.after_request(_cache_for_a_year)
    once: Any = (lambda ask: ask) if app.debug else cache  # every page asks
    app.jinja_env.globals["asset_sri"] = once(lambda name: assets.hashes(assets.root / name)[1])
    app.jinja_env.globals["htmx_url"] = lambda: url_for("htmx")
    app.jinja_env.globals["htmx_sri"] = once(lambda: assets.hashes(assets.htmx)[1])
    if not app.debug:  # else files are read again when they change
        for view in (static, htmx):
            kept()(view)
