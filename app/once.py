"""A form that creates carries a key; sent twice, it answers with the first result (SPEC section 4)."""

import re
from collections.abc import Callable
from functools import wraps
from secrets import token_hex
from typing import Any

from flask import make_response, request
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, Row, db, insert_once
from app.htmx import go


class CreationKey(Row, Model):
    """A key that was used, and where its first result lies."""

    key: Mapped[str] = mapped_column(String(64), unique=True)
    location: Mapped[str] = mapped_column(String(300), default="")


def new_key() -> str:
    """A fresh key for a form's hidden field `key`."""
    return token_hex(16)


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let each `key` of a form create only once; a twin waits for the first and is sent to its result."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        key = request.form.get("key", "")
        if not re.fullmatch(r"[0-9a-f]{32}", key):
            return view(*args, **kwargs)
        used = f"{request.endpoint}:{key}"[-64:]
        if not insert_once(CreationKey, {"key": used}, ["key"]):
            first = db.session.scalar(db.select(CreationKey).where(CreationKey.key == used))
            return go(first.location) if first and first.location else view(*args, **kwargs)
        response = make_response(view(*args, **kwargs))
        location = response.headers.get("HX-Redirect") or response.headers.get("Location")
        if response.status_code < 400:  # a step of the form creates nothing: its key stays unused
            row = db.delete(CreationKey) if not location else db.update(CreationKey).values(location=location)
            db.session.execute(row.where(CreationKey.key == used))
        return response

    return guarded
