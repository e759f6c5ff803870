"""The product on a clock that a drill moves: the file that `DRILL_CLOCK` names holds the seconds by which it is off."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from app import clock
from wsgi import app

FILE = os.environ.get("DRILL_CLOCK", "")
inner = app.wsgi_app


def _moved(environ: Any, start_response: Any) -> Any:
    clock.move(timedelta(seconds=float(Path(FILE).read_text())))
    return inner(environ, start_response)


if FILE:
    app.wsgi_app = _moved  # type: ignore[method-assign]
