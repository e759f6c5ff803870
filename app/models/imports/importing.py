"""人员导入: a file is checked as a whole, and carried out exactly as it was checked, piece by piece.

Nothing is written about people while one row is wrong. What was checked lies sealed in the import; carrying it
out makes invitations, a thousand at a time, so that no transaction is long and an interrupted import goes on
where it stood. The same file cannot be brought in twice, nor one person by two files.
"""

import json
import zlib
from base64 import b85decode, b85encode
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, undefer

from app import clock
from app.db import db, lock
from app.models.history import record
from app.models.imports.before import find_changed, find_earlier, find_overlap
from app.models.imports.file import Checked, Choices, Person, check
from app.models.imports.writing import write
from app.models.region import CITY
from app.models.units.making import make_units
from app.models.user import User
from app.refusal import Invalid, Refused

if TYPE_CHECKING:
    from app.models.invitation import Import

IMPORTS = 5_202_602  # number of the advisory lock that lets one process at a time write people (PostgreSQL)
AT_ONCE = 1000  # people written in one transaction
KEPT = timedelta(days=7)  # how long a check is good
TOO_OLD = "检查后 7 天没有导入，名单已经删除。需要时请重新上传。"


class ImportStatus(StrEnum):
    CHECKED = "checked"  # a dry run without an error, waiting to be carried out
    FAILED = "failed"
    DONE = "done"


class Table(Protocol):
    """A file as app/media/sheets.py reads it."""

    @property
    def name(self) -> str: ...
    @property
    def digest(self) -> str: ...
    @property
    def rows(self) -> list[tuple[int, list[Any]]]: ...
    @property
    def merged(self) -> frozenset[int]: ...


def dry_run(sheet: Table, choices: Choices) -> Checked:
    """The whole check: the rows themselves, and who was brought in before."""
    done = check(sheet.rows, sheet.merged, choices)
    find_earlier(done.people, done)
    return done


class Importing:
    """The verbs of `Import`."""

    if TYPE_CHECKING:
        id: Mapped[int]
        name: Mapped[str]
        digest: Mapped[str]
        rows: Mapped[int]
        people: Mapped[int]
        services: Mapped[int]
        closes_on: Mapped[date | None]
        status: Mapped[ImportStatus]
        errors: Mapped[str]
        content: Mapped[str | None]
        carried: Mapped[int]
        created_at: Mapped[datetime]
        created_by_id: Mapped[int | None]

    @classmethod
    def check(cls, sheet: Table, choices: Choices, *, by: User | None) -> "Import":
        """Check the file and keep what came of it. Invalid at `file` where the same one was carried out before."""
        for same in same_files(sheet.digest):
            if same.status is ImportStatus.DONE or same.carried:
                day = f"{clock.local(same.created_at):%Y-%m-%d}"
                raise Invalid("file", f"这个文件 {day} 已经导入过（{same.people} 人），不能再导入一次。")
            if same.status is ImportStatus.CHECKED and by is not None and same.created_by_id == by.id:
                db.session.delete(same)  # checked anew, perhaps with other choices
        done = dry_run(sheet, choices)
        made = cast("type[Import]", cls)(
            name=sheet.name[:120],
            digest=sheet.digest,
            rows=done.rows,
            people=0 if done.errors else len(done.people),
            services=0 if done.errors else done.services,
            closes_on=choices.closes_on,
            district_code=None if choices.within == CITY else choices.within,
            created_by_id=by.id if by else None,
            **outcome(done),
        )
        db.session.add(made)
        db.session.flush()
        record(made, "create", by=by, to=made.status)
        return made

    @property
    def wrong(self) -> list[tuple[int, str, str]]:
        """The errors of a failed one: (line, heading, what to mend)."""
        return [(line, heading, message) for line, heading, message in json.loads(self.errors)]

    @property
    def running(self) -> bool:
        """Whether some of its people are written, and not all."""
        return self.status is ImportStatus.CHECKED and self.carried > 0

    def carry_out(self, *, by: User | None, most: int = AT_ONCE) -> None:
        """Write the next `most` people as invitations. Refused (409) unless it is checked and not yet done.

        Where the city changed since the check (somebody was brought in, a place or a unit closed), nobody is written
        and it becomes 有错误 with the lines to mend.
        """
        content = self._hold()
        people = unpacked(content)
        if not self.carried:
            self._begin(people, by)
        if self.status is ImportStatus.CHECKED:
            some = people[self.carried : self.carried + most]
            write(cast("Import", self), some, by)
            self.carried += len(some)
        if self.carried >= len(people):
            self.status, self.content = ImportStatus.DONE, None
            record(self, "move", by=by, came_from=ImportStatus.CHECKED, to=ImportStatus.DONE)
        db.session.flush()

    def _hold(self) -> str:
        """Hold every import of this file, in the order of ids; what was checked."""
        one_at_a_time()
        fresh = same_files(self.digest)
        if any(one.id != self.id and (one.status is ImportStatus.DONE or one.carried) for one in fresh):
            raise Refused("这个文件已经由另一次操作导入，不能再导入一次。", self)
        if self.status is not ImportStatus.CHECKED or self.content is None:
            raise Refused("", self)
        return self.content

    def _begin(self, people: list[Person], by: User | None) -> None:
        """Before the first is written: nothing changed since the check, nobody was brought in. New units are made."""
        done = Checked(people=people, rows=self.rows)
        find_changed(people, cast("Import", self).district_code or CITY, done)
        find_earlier(people, done)
        for content in half_written():
            find_overlap(people, unpacked(content), done)
        if done.errors:
            self._fail(done.errors, by)
            return
        make_units(sorted({person["new_unit"] for person in people} - {""}), by=by)

    def _fail(self, errors: Sequence[tuple[int, str, str]], by: User | None) -> None:
        self.status, self.content, self.errors = ImportStatus.FAILED, None, packed_errors(errors)
        record(self, "move", by=by, came_from=ImportStatus.CHECKED, to=ImportStatus.FAILED)
        db.session.flush()

    def discard(self, *, by: User) -> None:
        """Throw a checked file away. Refused (409) once it is being carried out."""
        self._hold()
        if self.carried:
            raise Refused("已经开始导入，不能放弃；不该邀请的人可以逐个收回。", self)
        record(self, "discard", by=by, reason=self.name)
        db.session.delete(self)
        db.session.flush()

    def expire(self) -> bool:
        """For the clock: forget what was checked and never carried out; True when there was something to forget."""
        if self not in same_files(self.digest) or self.status is not ImportStatus.CHECKED:
            return False
        if self.carried or self.created_at > clock.now() - KEPT:
            return False
        self._fail([(0, "", TOO_OLD)], None)
        return True


def one_at_a_time() -> None:
    """Of two lists with the same people in them, carried out at the same moment, the second must see the first."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(IMPORTS)))


def half_written() -> list[str]:
    """The sealed people of imports that are begun and not yet done."""
    from app.models.invitation import Import

    begun = Import.status == ImportStatus.CHECKED, Import.carried > 0, Import.content.is_not(None)
    return [content for content in db.session.scalars(select(Import.content).where(*begun)) if content]


def same_files(digest: str) -> "list[Import]":
    """Every import of this file, held in the order of ids, with its content."""
    from app.models.invitation import Import

    return lock(select(Import).where(Import.digest == digest).order_by(Import.id).options(undefer(Import.content)))


def forgotten() -> list[int]:
    """Ids of checks that are too old."""
    from app.models.invitation import Import

    old = Import.status == ImportStatus.CHECKED, Import.carried == 0, Import.created_at <= clock.now() - KEPT
    return list(db.session.scalars(select(Import.id).where(*old)))


def outcome(done: Checked) -> dict[str, Any]:
    """The columns that say what came of a check."""
    if done.errors:
        return {"status": ImportStatus.FAILED, "errors": packed_errors(done.errors)}
    return {"status": ImportStatus.CHECKED, "content": packed(done.people)}


def packed(people: list[Person]) -> str:
    """People as text, to be sealed."""
    return b85encode(zlib.compress(json.dumps(people, ensure_ascii=False).encode())).decode()


def unpacked(content: str) -> list[Person]:
    """The people again."""
    found: list[Person] = json.loads(zlib.decompress(b85decode(content)))
    return found


def packed_errors(errors: Sequence[tuple[int, str, str]]) -> str:
    """Errors as they lie in the column."""
    return json.dumps(list(errors), ensure_ascii=False)
