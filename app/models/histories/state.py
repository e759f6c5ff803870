"""How far history is sealed, and when it was last proved: what the city reads above the list."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from app import clock
from app.db import db, insert_once
from app.models.figure import Figure
from app.models.histories.seal import HistorySeal, newest
from app.models.history import History

PROVED, WRONG = "history-proved", -1


@dataclass(frozen=True)
class SealState:
    """The newest seal, the lines since, and the last proof (None: never; `held` whether it found nothing wrong)."""

    number: int
    sealed_at: datetime | None
    waiting: int
    proved_at: datetime | None
    held: bool


def seal_state() -> SealState:
    """The state now."""
    last, proof = newest(), db.session.get(Figure, PROVED)
    since = select(func.count()).select_from(History).where(History.id > (last.last_id if last else 0))
    return SealState(
        last.number if last else 0,
        last.created_at if last else None,
        db.session.scalar(since) or 0,
        proof.counted_at if proof else None,
        proof is None or proof.number != WRONG,
    )


def sealed_up_to() -> int:
    """The last line that is sealed: none before it is added any more (app/models/histories/seal.py)."""
    return db.session.scalar(select(func.max(HistorySeal.last_id))) or 0


def note_proof(sealed: int, *, held: bool) -> None:
    """Remember that history was looked through."""
    values = {"number": sealed if held else WRONG, "counted_at": clock.now()}
    if not insert_once(Figure, {"name": PROVED, **values}, ["name"]):
        db.session.execute(update(Figure).where(Figure.name == PROVED).values(values))
