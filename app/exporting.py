"""Carrying out exports of many rows in a process of its own (`flask carry-exports`), at a lower priority than the site's.

The process opens the same view as the person did, as that person in that post: what may be seen is decided again by the
view, and `app/disclosure.py` writes the list through `Carrier` instead of answering. It reads in one transaction and
writes in short ones, so that nobody waits for it. One process works at a time; it takes what waits, then ends.
"""

import base64
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from flask import current_app, g, request
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from app import clock, labels
from app.access import me
from app.db import db, reading
from app.export import Columns, written
from app.listing import EXPORT_LIMIT, Listing
from app.models.disclosure import accounts, name_people, note_export
from app.models.export_job import ExportJob, ExportPiece, beat, claim
from app.models.history import record
from app.models.recount import unhurried
from app.models.user import Post, User
from app.reads import counting, length_of

# Bytes, seconds between signs of life, people named in one transaction. Another process that waits for SQLite's one writer looks
# after 1, 3, 8, 18 milliseconds, in the end every tenth of a second (its busy handler): a transaction is over by then, and the
# next one begins after a REST.
PIECE, EVERY, PEOPLE, REST = 64 * 1024, 1.0, 400, 0.03
PASSED = ("DATA_DIR", "UPLOAD_URL", "DATA_KEY", "HASH_KEY", "SECRET_KEY", "BACKUP_KEY")
CHANGED = "您的任职或权限有变化，不能导出这份名单。"
ERROR = "导出时出了错，请重新开始；还是不行，请联系管理员。"
_children: list["subprocess.Popen[bytes]"] = []


class Stopped(Exception):
    """The person cancelled, or started it again."""


def start_after_commit() -> None:
    """Let a process begin once this transaction has committed."""
    start = current_app._get_current_object().extensions.get("start_export", start_process)  # type: ignore[attr-defined]
    event.listen(db.session(), "after_commit", lambda session: start(), once=True)


def start_process() -> None:
    """A process for what waits; it outlives this request, and with the site's own end it ends too."""
    _children[:] = [child for child in _children if child.poll() is None]  # those that are over are let go
    config = current_app.config
    env = (
        os.environ | {name: str(config[name]) for name in PASSED} | {"DATABASE_URL": config["SQLALCHEMY_DATABASE_URI"]}
    )
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "carry-exports"]
    root = Path(current_app.root_path).parent
    quiet = subprocess.DEVNULL
    _children.append(subprocess.Popen(command, cwd=root, env=env, stdin=quiet, stdout=quiet))


def carry_all() -> int:
    """Carry out what waits until nothing does; how many."""
    done = 0
    while (job := claim()) is not None:
        id, run = job.id, job.run
        db.session.commit()
        _carry(id, run)
        done += 1
    db.session.rollback()
    return done


def _carry(id: int, run: int) -> None:
    """One job, to its end or to a problem that is told."""
    try:
        _open(db.session.get_one(ExportJob, id), run)
    except Stopped:
        db.session.rollback()
    except HTTPException:
        _tell(id, run, CHANGED)
    except Exception as error:  # noqa: BLE001  (whatever it was: the person is told, the log says what kind)
        current_app.logger.error("export %s: %s", id, type(error).__name__)
        _tell(id, run, ERROR)


def _tell(id: int, run: int, problem: str) -> None:
    db.session.rollback()
    job = db.session.get(ExportJob, id)
    if job is not None and job.run == run:
        job.empty()
        job.problem = problem
    db.session.commit()


def _open(job: ExportJob, run: int) -> None:
    """The view of the export, as its person, in its post."""
    hosts = current_app.config["TRUSTED_HOSTS"] or ["localhost"]
    facts = job.id, job.user_id, job.post_id, job.path
    db.session.rollback()
    id, user_id, post_id, path = facts
    token = reading.set(True)
    try:
        with current_app.test_request_context(path, base_url=f"https://{hosts[0].lstrip('.')}", method="POST"):
            unhurried()
            user = db.session.get_one(User, user_id)
            post = db.session.get(Post, post_id)
            user.post = post if post is not None and post in user.living_posts() and user.is_active else None
            g._login_user, g.carrier = user, Carrier(id, run)
            view = current_app.view_functions[request.endpoint or ""]
            view(**(request.view_args or {}))
    finally:
        reading.reset(token)


class Carrier:
    """What writes the list of an opened view into pieces."""

    def __init__(self, id: int, run: int) -> None:
        self.id, self.run, self.rows, self.total, self.last = id, run, 0, 0, 0.0
        self.ids: set[int] = set()

    def carry(self, listing: Listing, full: Columns, key: Callable[[Any], Any], link: Any) -> None:
        """Count the rows, write the file, name who is in it (`link`: the columns that lead from `key` to accounts), note the export."""
        job = db.session.get_one(ExportJob, self.id)
        wanted = {**listing.columns, **full} if job.full else listing.columns
        filename = f"{listing.name}-{clock.today():%Y%m%d}.{job.format}"
        format = job.format
        self.total = _length(listing)
        with closing(listing.all()) as rows:
            for piece in _cut(written(format, wanted, self._told(rows, key))):
                self._apart(partial(self._put, piece))
        people = accounts(link, self.ids)
        db.session.rollback()
        reading.set(False)
        self._finish(filename, people)

    def _told(self, rows: Iterable[Any], key: Callable[[Any], Any]) -> Iterator[Any]:
        for row in rows:
            self.rows += 1
            id = key(row)
            if id is not None:
                self.ids.add(id)
            if time.monotonic() - self.last >= EVERY:
                self._beat()
            yield row

    def _put(self, content: bytes, session: Any) -> None:
        session.add(ExportPiece(job_id=self.id, run=self.run, content=base64.b64encode(content).decode()))

    def _beat(self) -> None:
        self.last = time.monotonic()
        if not self._apart(lambda session: beat(session, self.id, self.run, self.rows, self.total)):
            raise Stopped

    def _apart(self, write: Callable[[Any], Any]) -> Any:
        """A short transaction beside the one that reads."""
        token = reading.set(False)
        try:
            with Session(db.engine) as session, session.begin():
                return write(session)
        finally:
            reading.reset(token)

    def _finish(self, filename: str, people: list[int]) -> None:
        """Who was in it, some hundreds at a time; then the line of history and the file, at once."""
        user = db.session.get_one(User, me().id)
        user.post = db.session.get_one(Post, db.session.get_one(ExportJob, self.id).post_id)
        job = db.session.get_one(ExportJob, self.id)
        made = note_export(job.title, job.purpose, self.rows, full=job.full, by=user)
        job.disclosure_id = noted = made.id
        db.session.commit()
        for start in range(0, len(people), PEOPLE):
            if start:
                time.sleep(REST)
            name_people(noted, people[start : start + PEOPLE])
            if not beat(db.session, self.id, self.run, self.rows, self.total):
                raise Stopped
            db.session.commit()
        self._done(filename, user)

    def _done(self, filename: str, user: User) -> None:
        job = db.session.get_one(ExportJob, self.id, with_for_update=True)
        if job.run != self.run or job.cancelled_at:
            raise Stopped
        whole = "，完整号码" if job.full else ""
        said = f"{job.title} {labels.figure(self.rows)} 行（{job.format}{whole}），用途：{job.purpose}"
        record(user.post, "export", by=user, reason=said)
        job.finished_at, job.written, job.name = clock.now(), self.rows, filename
        db.session.commit()


def _length(listing: Listing) -> int:
    """How many rows the file will have."""
    with counting(EXPORT_LIMIT):
        stmt = select(length_of(listing.narrowed(), EXPORT_LIMIT))
    return db.session.scalar(stmt, listing.values) or 0


def _cut(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of a size."""
    held = bytearray()
    for part in parts:
        held += part
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    if held:
        yield bytes(held)
