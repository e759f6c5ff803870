"""The proof that history is as it was sealed: `flask history verify`, and the check after a restore."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from app.db import db
from app.models.histories.seal import COLUMNS, GENESIS, HistorySeal, fingerprint, tag_of
from app.models.history import History, HistoryNote, reason_digest


@dataclass(frozen=True)
class Verdict:
    """What the proof found: '' or the first thing wrong; how much was looked at."""

    wrong: str
    seals: int
    sealed: int
    unsealed: int
    head: str

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.wrong


def verify(progress: Callable[[int], None] = lambda done: None, head: str = "") -> Verdict:
    """Look at every line; `head` is a head of the chain that must be part of it (from a backup).

    `progress` hears how many lines were looked at since it last heard. It stops at the first thing wrong.
    """
    state = _Chain(head)
    wanted = select(HistorySeal).order_by(HistorySeal.number).options(undefer(HistorySeal.tags))
    for number in range(1, (db.session.scalar(select(func.max(HistorySeal.number))) or 0) + 1):
        seal = db.session.scalar(wanted.where(HistorySeal.number == number))
        wrong = state.link(number, seal) or (_lines_differ(seal, state.upto) if seal else "")
        if wrong or seal is None:
            return state.verdict(wrong)
        state.after(seal)
        db.session.expunge(seal)
        progress(seal.count)
    return state.verdict(state.missing_head() or _notes_differ(state.upto))


class _Chain:
    """How far the proof has come."""

    def __init__(self, head: str) -> None:
        self.seals = self.sealed = self.upto = 0
        self.previous, self.head, self.wanted = GENESIS, "", head

    def link(self, number: int, seal: HistorySeal | None) -> str:
        """'' where this link follows the one before, else what is wrong with it."""
        if seal is None:
            return f"第 {number} 个封存不见了。"
        good = hmac.compare_digest(seal.mac, seal.code()) and seal.previous == self.previous
        return "" if good and seal.first_id > self.upto else f"第 {number} 个封存被改动过（或 HASH_KEY 不是当时的）。"

    def after(self, seal: HistorySeal) -> None:
        """This link holds."""
        self.seals, self.sealed, self.upto = seal.number, self.sealed + seal.count, seal.last_id
        self.previous, self.head = seal.mac, seal.head
        self.wanted = "" if self.wanted == seal.head else self.wanted

    def missing_head(self) -> str:
        """'' where the head that was asked for is part of the chain."""
        return (
            f"链上没有 {self.wanted.partition(':')[0]} 号封存的这个校验码：后面的记录被整段删除或替换过。"
            if self.wanted
            else ""
        )

    def verdict(self, wrong: str) -> Verdict:
        """What is told in the end."""
        left = db.session.scalar(select(func.count()).select_from(History).where(History.id > self.upto)) or 0
        return Verdict(wrong, self.seals, self.sealed, 0 if wrong else left, self.head)


def _lines_differ(seal: HistorySeal, after: int) -> str:
    """'' where the lines after `after` up to the seal's last are exactly those that it covers."""
    wanted = select(History.id, *COLUMNS).where(History.id > after, History.id <= seal.last_id).order_by(History.id)
    lines = db.session.execute(wanted).all()
    if hashlib.sha256(b"".join(map(fingerprint, lines))).hexdigest() == seal.digest:
        return ""
    there, sealed = {line.id: line for line in lines}, dict(seal.lines())
    for id in sorted(there.keys() | sealed.keys()):
        if wrong := _difference(id, there.get(id), sealed.get(id)):
            return wrong
    return f"第 {seal.number} 个封存里的记录被改动过。"


def _difference(id: int, line: Any, sealed: bytes | None) -> str:
    if line is None:
        return f"记录 {id} 不见了。"
    if sealed is None:
        return f"记录 {id} 是后来加进去的。"
    return "" if tag_of(line) == sealed else f"记录 {id} 被改动过。"


def _notes_differ(upto: int) -> str:
    """'' where every text of a reason that is still there is the one that was given."""
    wanted = select(History.id, History.reason_digest, HistoryNote.text).join(HistoryNote).where(History.id <= upto)
    with db.session.execute(wanted.order_by(History.id).execution_options(yield_per=1000)) as rows:
        for id, digest, words in rows:
            if reason_digest(words) != digest:
                return f"记录 {id} 的原因文字被改动过。"
    return ""
