"""Several people at exactly the same time: threads behind a barrier, each with a context of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from app.db import db


def together(app: Flask, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all `acts` at once; each commits. Returns what each returned or the exception it raised."""
    db.session.commit()
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                result = act()
                db.session.commit()
                return result
            except Exception as error:  # handed to the test, which judges it
                db.session.rollback()
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        results = list(pool.map(run, acts))
    db.session.expire_all()
    return results
