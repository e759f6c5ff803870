"""Bringing a backup back into an empty place, of the same database or of the other kind.

The file is read twice: first it is proved whole (nothing is written before), then carried out in one transaction,
which ends only if every table, read again, gives the counts and digests that the backup names.
"""

import base64
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import Connection

from app import clock, crypto, freshness
from app.backup.cipher import Damaged, opened
from app.backup.keys import foreign_keys_apart
from app.backup.making import CHECK, FORMAT, Say
from app.backup.tables import AT_ONCE, Plan, Tally
from app.db import KEPT_BY_DATABASE, db
from app.media.storage import SHELVES, store
from app.models.histories import placed
from app.models.histories.proof import verify

SEEDED = {"alembic_version", "category"}  # what migrations put into a fresh database
MIGRATIONS = Path(__file__).parents[2] / "migrations"


class NotHere(RuntimeError):
    """This place cannot take the backup; the message says why and what to do."""


@dataclass
class Contents:
    """What a whole backup says about itself."""

    head: dict[str, Any]
    manifest: dict[str, Any]
    plans: dict[str, Plan] = field(default_factory=dict)


def check(source: Path) -> Contents:
    """Read the whole file and compare it with what stands at its end. Raises Damaged."""
    found = Contents({}, {})
    tallies: dict[str, Tally] = {}
    pictures, present = Tally(), ""
    for line in _lines(source):
        if line.startswith(b"["):
            tallies[present].add(line)
            continue
        told = json.loads(line)
        if "table" in told:
            present = told["table"]
            tallies[present], found.plans[present] = Tally(), _plan(told)
        elif "picture" in told:
            pictures.add(told["picture"].encode() + base64.b64decode(told["data"]))
        elif "manifest" in told:
            found.manifest = told["manifest"]
        else:
            found.head = told
    same = {name: tally.told for name, tally in tallies.items()} == found.manifest.get("tables")
    if not same or pictures.told != found.manifest["pictures"] or found.head.get("format") != FORMAT:
        raise Damaged("备份文件前后不一致，不能使用。")
    return found


def restore(source: Path, say: Say) -> Contents:
    """Bring it back. Raises Damaged or NotHere before anything is written."""
    db.session.rollback()
    found = check(source)
    say(f"备份完整：{found.head['made_at'][:16]}，{sum(one[0] for one in found.manifest['tables'].values())} 行")
    _refuse_unfit(found)
    _prepare(found.head["revision"])
    written: list[str] = []
    try:
        with db.engine.begin() as connection, foreign_keys_apart(connection):
            _load(connection, source, found, written, say)
            _compare(connection, found)
            _leave_out(connection, found.manifest["gone"])
    except BaseException:
        for name in written:
            store().delete(name)
        raise
    _to("head")
    placed.rebuild()  # the lines came before most of their things
    db.session.commit()
    freshness.forget()
    _prove(found)
    return found


def _lines(source: Path) -> Iterator[bytes]:
    unpack, rest = zlib.decompressobj(), b""
    with source.open("rb") as file:
        for frame in opened(file, current_app.config["BACKUP_KEY"]):
            *whole, rest = (rest + unpack.decompress(frame)).split(b"\n")
            yield from whole
    if rest or not unpack.eof:
        raise Damaged("备份文件没有写完。")


def _plan(told: dict[str, Any]) -> Plan:
    return Plan(told["table"], tuple((name, kind) for name, kind in told["columns"]))


def _refuse_unfit(found: Contents) -> None:
    """Keys, version and emptiness of this place."""
    try:
        fits = crypto.unseal(found.head["data_check"]) == CHECK
    except crypto.Unreadable:
        fits = False
    if not fits:
        raise NotHere("DATA_KEY 不是备份时的：里面的加密内容将打不开。请把当时的密钥也写进 DATA_KEY。")
    if crypto.keyed_hash(CHECK, "check") != found.head["hash_check"]:
        raise NotHere("HASH_KEY 不是备份时的：按手机号、身份证号将找不到人。请使用当时的 HASH_KEY。")
    if found.head["revision"] not in _revisions():
        raise NotHere("备份来自更新的版本，请先更新程序。")
    for name in sa.inspect(db.engine).get_table_names():
        with db.engine.connect() as connection:
            if (
                name not in SEEDED
                and not name.startswith(KEPT_BY_DATABASE)  # SQLite's tables of pairs are never quite empty
                and connection.execute(sa.select(sa.literal(1)).select_from(sa.table(name)).limit(1)).first()
            ):
                raise NotHere("这里的数据库不是空的。恢复只能在空的数据库上进行。")
    if any(next(store().old(shelf, clock.now() + timedelta(days=1)), "") for shelf in SHELVES):
        raise NotHere("这里的图片目录不是空的。恢复只能在空的目录上进行。")


def _prepare(revision: str) -> None:
    """The tables as they were at the backup's revision, without a row."""
    db.session.remove()
    if "alembic_version" in sa.inspect(db.engine).get_table_names():
        _to("base", "downgrade")
    _to(revision)


def _revisions() -> set[str]:
    """All that this version of the product knows."""
    from alembic.script import ScriptDirectory

    return {one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def _to(revision: str, way: str = "upgrade") -> None:
    """Migrate; Alembic is imported by whoever needs it, not by every process that serves."""
    import flask_migrate

    getattr(flask_migrate, way)(str(MIGRATIONS), revision=revision)


def _load(connection: Connection, source: Path, found: Contents, written: list[str], say: Say) -> None:
    for name in SEEDED - {"alembic_version"}:
        connection.execute(sa.delete(sa.table(name)))
    plan, waiting = Plan("", ()), list[str]()
    for line in _lines(source):
        if line.startswith(b"["):
            waiting.append(line.decode())
        if waiting and (len(waiting) == AT_ONCE or not line.startswith(b"[")):
            plan.insert(connection, waiting)
            waiting.clear()
        if line.startswith(b'{"table"'):
            plan = found.plans[json.loads(line)["table"]]
            say(f"{plan.name}：{found.manifest['tables'][plan.name][0]} 行")
        elif line.startswith(b'{"picture"'):
            told = json.loads(line)
            written.append(told["picture"])
            store().put(told["picture"], base64.b64decode(told["data"]))
    _number_on(connection, found.manifest["sequences"])


def _number_on(connection: Connection, sequences: dict[str, int]) -> None:
    """Numbers that were given once are never given again."""
    for table, last in sequences.items():
        if connection.dialect.name == "postgresql" and last:
            wanted = sa.text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
            connection.execute(wanted, {"name": f'"{table}"', "last": last})
        elif connection.dialect.name == "sqlite":
            connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table})
            wanted = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)")
            connection.execute(wanted, {"name": table, "last": last})


def _compare(connection: Connection, found: Contents) -> None:
    """Every table, read again, is what the backup holds."""
    for name, plan in found.plans.items():
        if Tally().all(plan.lines(connection)).told != found.manifest["tables"][name]:
            raise Damaged(f"恢复后的 {name} 与备份不一致，已全部撤销。")


def _leave_out(connection: Connection, gone: list[str]) -> None:
    """Pictures that the site deleted while the backup was made."""
    picture, activity = (
        sa.table("picture", sa.column("id"), sa.column("name")),
        sa.table("activity", sa.column("cover_id")),
    )
    ids = connection.scalars(sa.select(picture.c.id).where(picture.c.name.in_(gone))).all() if gone else []
    connection.execute(sa.update(activity).where(activity.c.cover_id.in_(ids)).values(cover_id=None))
    connection.execute(sa.delete(picture).where(picture.c.id.in_(ids)))


def _prove(found: Contents) -> None:
    """The chain of history holds, up to the head that the backup names."""
    verdict = verify(head=found.manifest["head"])
    db.session.rollback()
    if not verdict.holds:
        raise Damaged(f"历史记录的封存不一致：{verdict.wrong}")
