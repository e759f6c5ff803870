"""Who waits for the right to write on SQLite holds no connection meanwhile, and always gives the right back."""

import sqlite3
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import sqlite
from app.db import db, reading
from app.models import WorkUnit

pytestmark = pytest.mark.sqlite_only


def test_writers_in_line_hold_no_connections(app):
    pool, seen, written = db.engine.pool, set[int](), list[int]()

    def write() -> None:
        token = reading.set(False)
        with app.app_context(), db.engine.begin() as connection:
            seen.add(pool.checkedout())
            written.append(connection.exec_driver_sql("SELECT 1").scalar_one())
        reading.reset(token)

    with sqlite._one_writer:
        threads = [threading.Thread(target=write, daemon=True) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(0.05)
        assert pool.checkedout() == 0 and not written
    for thread in threads:
        thread.join(20)
    assert len(written) == 8 and max(seen) == 1 and not sqlite._one_writer.locked()


def test_the_log_is_copied_beside_those_who_write(app, tmp_path, monkeypatch):
    file = Path(str(db.engine.url.database))

    def in_the_file_itself() -> int:
        alone = tmp_path / "alone.db"
        # by another process: closing the file in this one would let go of SQLite's locks on it
        subprocess.run(["cp", file, alone], check=True)
        with closing(sqlite3.connect(alone)) as connection:
            return int(connection.execute("SELECT count(*) FROM work_unit").fetchone()[0])

    monkeypatch.setattr(sqlite, "OFTEN", 3)
    db.session.remove()
    engine = sa.create_engine(db.engine.url, **sqlite.POOL)
    copied = sqlite.guard(engine)
    sqlite.copy(engine)
    before = in_the_file_itself()
    for n in range(3):
        assert copied.thread is None and in_the_file_itself() == before
        with engine.begin() as connection:
            connection.execute(sa.insert(WorkUnit).values(name=f"单位{n}"))
    assert copied.thread is not None
    copied.thread.join(20)
    engine.dispose()
    assert in_the_file_itself() == before + 3 and copied.written == 0


def test_who_empties_the_log_waits_for_who_copies_it(app):
    db.session.add(WorkUnit(name="示例单位"))
    db.session.commit()
    db.session.remove()
    log = Path(f"{db.engine.url.database}-wal")
    emptied = threading.Thread(target=sqlite.copy, args=(db.engine, sqlite.EMPTY), daemon=True)
    with sqlite._one_copies:
        emptied.start()
        emptied.join(0.05)
        assert emptied.is_alive() and log.stat().st_size
    emptied.join(20)
    assert not log.stat().st_size


def test_a_database_made_as_new_waits_for_who_copies_the_log(app, databases):
    db.session.add(WorkUnit(name="示例单位"))
    db.session.commit()
    db.session.remove()
    restored = threading.Thread(target=databases("sqlite").restore, daemon=True)
    with sqlite._one_copies:
        restored.start()
        restored.join(0.05)
        assert restored.is_alive()
    restored.join(20)
    assert not db.session.scalar(db.select(sa.func.count()).select_from(WorkUnit).where(WorkUnit.name == "示例单位"))


def test_the_right_comes_back_when_there_is_no_connection(app, monkeypatch):
    def away(pool: object) -> None:
        raise OSError

    monkeypatch.setattr(sqlite.QueuePool, "connect", away)
    with pytest.raises(OSError):
        db.engine.connect()
    assert not sqlite._one_writer.locked()


def test_what_was_taken_to_read_may_write_when_it_has_the_right(app):
    token = reading.set(True)
    with db.engine.connect() as connection:
        reading.reset(token)
        token = reading.set(False)
        connection.exec_driver_sql("SELECT 1")
        assert sqlite._one_writer.locked()
    reading.reset(token)
    assert not sqlite._one_writer.locked()


def test_who_has_the_right_finds_a_connection_though_every_thread_reads(app, monkeypatch):
    """Each of them may be waiting for that right, to note when its person was seen: with theirs in hand."""
    db.session.remove()
    monkeypatch.setattr(db.engine.pool, "_timeout", 0.1)
    token = reading.set(True)
    readers = [db.engine.connect() for _ in range(sqlite.THREADS)]
    reading.reset(token)
    with db.engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    for reader in readers:
        reader.close()
