"""Where files of pictures lie, chosen by UPLOAD_URL: a local folder, or an object store (app/media/bucket.py).

Files follow the transaction of their rows (`keep`, `discard`): written first, deleted when it rolls
back; files of deleted rows go after the commit. So no row is ever without its file. A file without a
row remains only where the process was killed, or the commit's outcome is unknown; `flask tick` finds
those (`Store.old`).
"""

import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.db import db

SHELVES = tuple(f"{number:02x}" for number in range(256))  # files lie on shelves by their first two characters


class Store(Protocol):
    """What a place for files can do. Names are random hexadecimal with an ending; content is small."""

    def put(self, name: str, content: bytes) -> None:
        """Write the whole file or none of it. Raises OSError when there is no room."""

    def read(self, name: str) -> bytes:
        """The content. Raises FileNotFoundError."""

    def delete(self, name: str) -> None:
        """Remove the file; a missing one is no error."""

    def old(self, shelf: str, before: datetime) -> Iterator[str]:
        """Names on this shelf that were written before that moment, half-written ones included."""


class Folder:
    """Files in a local folder, on 256 shelves."""

    def __init__(self, root: str) -> None:
        self.root = Path(root)

    def _path(self, name: str) -> Path:
        if not name[:2].isalnum() or "/" in name or "\\" in name:
            raise FileNotFoundError(name)
        return self.root / name[:2] / name

    def put(self, name: str, content: bytes) -> None:
        path = self._path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{name}.{secrets.token_hex(4)}.part")
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        _sync(path.parent)

    def read(self, name: str) -> bytes:
        return self._path(name).read_bytes()

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def old(self, shelf: str, before: datetime) -> Iterator[str]:
        for path in sorted((self.root / shelf).glob("*")):
            if path.stat().st_mtime < before.timestamp():
                yield path.name


def _sync(folder: Path) -> None:
    """Make a rename in this folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def store() -> Store:
    """The store of this application. Raises ValueError for an UPLOAD_URL of an unknown kind."""
    url: str = current_app.config["UPLOAD_URL"]
    scheme, separator, path = url.partition("://")
    if not separator:
        return Folder(url)
    if scheme == "file":
        return Folder(path)
    if scheme == "s3":
        from app.media.bucket import Bucket

        return Bucket(url)
    raise ValueError(f"UPLOAD_URL: {scheme}:// is not known; give a folder or s3://bucket")


def keep(name: str, content: bytes, session: Any = None) -> None:
    """Write a file now; it stays only if this transaction commits. Raises OSError when there is no room."""
    session = session or db.session()
    session.info.setdefault("files_written", []).append(name)
    store().put(name, content)


def discard(name: str, session: Any = None) -> None:
    """Delete a file when this transaction commits."""
    session = session or db.session()
    session.info.setdefault("files_discarded", []).append(name)


@event.listens_for(Session, "before_commit")
def _about_to_commit(session: Session) -> None:
    """From here on a failure leaves the outcome unknown, so that no file may be deleted on it."""
    if session.info.get("files_written") and not session.in_nested_transaction():
        session.flush()
        session.info["files_unsure"] = True


@event.listens_for(Session, "after_commit")
def _committed(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.info.pop("files_written", None)
    for name in session.info.pop("files_discarded", ()):
        store().delete(name)


@event.listens_for(Session, "after_transaction_end")
def _ended(session: Session, transaction: Any) -> None:
    """Rolled back, or closed without either: what this transaction wrote goes again."""
    if transaction.parent is not None:
        return
    session.info.pop("files_discarded", None)
    written = session.info.pop("files_written", ())
    if not session.info.pop("files_unsure", False):
        for name in written:
            store().delete(name)
