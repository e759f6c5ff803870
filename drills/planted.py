"""The product with a fault, for the drills' twins: `DRILL_PLANTED` names it. A drill that notices nothing here shows nothing elsewhere.

- forgetful: says that a form is saved and does not save it (every third)
- failing: every fifth answer is a plain 500
- slow: every fifth answer takes four seconds
- careless: a picture that could not be written leaves its half behind
- unclocked: what is confirmed ends when the clock says so, not when the activity does

Others are planted by the drills themselves: a kill instead of a SIGTERM (hasty), a row that a restore or a migration
loses (leaky), a column that a killed migration leaves (halved).
"""

import itertools
import os
import time
from pathlib import Path
from typing import Any

from app.db import db
from app.media.storage import Folder
from drills.moved import app

FAULT = os.environ.get("DRILL_PLANTED", "")
turns = itertools.count(1)


def _forgetful() -> None:
    commit = db.session.commit
    db.session.commit = lambda: db.session.rollback() if next(turns) % 3 == 0 else commit()  # type: ignore[method-assign]


def _answers() -> None:
    inner = app.wsgi_app

    def planted(environ: Any, start_response: Any) -> Any:
        bad = next(turns) % 5 == 0 and environ["PATH_INFO"] != "/healthz"
        if bad and FAULT == "failing":
            start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
            return [b"planted"]
        if bad:
            time.sleep(4)
        return inner(environ, start_response)

    app.wsgi_app = planted  # type: ignore[method-assign]


def _careless() -> None:
    put = Folder.put

    def planted(self: Folder, name: str, content: bytes) -> None:
        try:
            put(self, name, content)
        except OSError:
            Path(self._path(name)).with_name(f"{name}.0.part").touch()
            raise

    Folder.put = planted  # type: ignore[method-assign]


def _unclocked() -> None:
    from app import clock
    from app.models.attendance import rules

    rules.usual_minutes = lambda activity: int((clock.now() - activity.starts_at).total_seconds() // 60)  # type: ignore[assignment]
    rules.check_minutes = lambda activity, minutes, reason="": minutes  # type: ignore[assignment]


{"forgetful": _forgetful, "failing": _answers, "slow": _answers, "careless": _careless, "unclocked": _unclocked}.get(
    FAULT, lambda: None
)()
