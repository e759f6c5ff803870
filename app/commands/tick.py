"""`flask tick`: store what time alone has brought about (SPEC section 6). Run it every minute.

JOBS is the table of what there is: small functions, each safe to repeat and safe twice at once (row locks, or one
conditional statement). A job does its work piece by piece; each piece is a transaction of its own, and a piece
that fails stops neither the others nor the next tick. A job yields what it did, in words.
"""

from collections.abc import Callable, Iterator
from datetime import time
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError

from app import clock
from app.db import copy_log, db, learn_sizes
from app.models.accounts.attempt import Attempt
from app.models.accounts.recovery_code import quick_ones, slow_down
from app.models.activities.news import due_reminders, remind
from app.models.activity import Activity
from app.models.city_sum import fold
from app.models.export_job import forget_old
from app.models.figure import count_figures
from app.models.help.clock import due_requests, settle_help
from app.models.histories.seal import seal_next
from app.models.honour import Honour, due_honours
from app.models.imports.importing import forgotten
from app.models.invitation import Import
from app.models.pages.alarm import ALARMING, Alarm, alarm
from app.models.pages.duties import Kind
from app.models.picture import Picture
from app.models.signups.seats import close_at_start, queues_to_close
from app.once import CreationKey
from app.retention import terms
from app.retention.duties import DUTIES, Duty

Piece = Callable[[], str]  # what it did in words, '' for nothing
FOLDS_AT_ONCE = 10  # 20,000 changes
NIGHT = time(3), time(3, 30)  # in Shanghai: who looks for what is over
SOON_AFTER = time(3, 2)  # one or two ticks
SEALS_AT_ONCE = 20  # batches of one tick: a hundred thousand lines


def starts() -> Iterator[Piece]:
    """At the start of an activity 候补 and 待审核 become 未录用."""
    for id in queues_to_close():
        yield lambda id=id: _start(id)  # type: ignore[misc]


def _start(id: int) -> str:
    activity = db.session.get_one(Activity, id)
    declined = close_at_start(activity)
    return f"活动 {id} 已开始，{declined} 人未录用" if declined else ""


def help_requests() -> Iterator[Piece]:
    """Silence ends a 待补充, an offer that nobody answered expires."""
    for id in due_requests():
        yield lambda id=id: f"求助 {id} 已到期" if settle_help(id) else ""  # type: ignore[misc]


def reminders() -> Iterator[Piece]:
    """The day before an activity everybody who is in it is reminded, who wants to be."""
    for id in due_reminders():
        yield lambda id=id: _said_of(id, remind(id))  # type: ignore[misc]


def _said_of(id: int, people: int) -> str:
    return f"活动 {id} 提醒 {people} 人" if people else ""


def alarms() -> Iterator[Piece]:
    """Whoever is concerned hears of what is overdue or has risen: routine, which needs no word."""
    for kind in ALARMING:
        yield lambda kind=kind: _alarm(kind)  # type: ignore[misc]
    yield lambda: _sweep(Alarm, Alarm.created_at < clock.now() - terms.ALARMS, "过期的超期提醒记录")


def _alarm(kind: Kind) -> str:
    alarm(kind)
    return ""


def honours() -> Iterator[Piece]:
    """Stars whose 公示 has ended are published."""
    for id in due_honours():
        yield lambda id=id: _honour(id)  # type: ignore[misc]


def _honour(id: int) -> str:
    honour = db.session.get_one(Honour, id)
    honour.hold()
    return f"{honour.title} {id} 公示期满，已公布" if honour.settle() else ""


def checks() -> Iterator[Piece]:
    """Files of people that were checked and never carried out are forgotten."""
    for id in forgotten():
        yield lambda id=id: _forget(id)  # type: ignore[misc]


def _forget(id: int) -> str:
    check = db.session.get(Import, id)
    return f"导入 {id} 的名单已删除" if check and check.expire() else ""


def attempts() -> Iterator[Piece]:
    """Failed tries that no limit looks at any more are forgotten."""
    yield lambda: _sweep(Attempt, Attempt.at < clock.now() - terms.ATTEMPTS, "过期的尝试记录")


def creation_keys() -> Iterator[Piece]:
    """Keys of forms that nobody sends again are forgotten."""
    yield lambda: _sweep(CreationKey, CreationKey.created_at < clock.now() - terms.CREATION_KEYS, "过期的表单编号")


def _sweep(model: Any, old: Any, name: str) -> str:
    gone: int = db.session.execute(delete(model).where(old)).rowcount  # type: ignore[attr-defined]
    return _said(gone, f"{name} {{}} 条")


def retention() -> Iterator[Piece]:
    """Once a night, what was kept for its term goes (app/retention/), a batch a minute."""
    if NIGHT[0] <= clock.local(clock.now()).time() < NIGHT[1]:
        for duty in DUTIES:
            yield lambda duty=duty: _carry(duty)  # type: ignore[misc]


def _carry(duty: Duty) -> str:
    return _said(duty.next(), f"{duty.what} {{}} 条")


def sizes() -> Iterator[Piece]:
    """Once a night SQLite looks how its tables are filled: routine, which needs no word."""
    if NIGHT[0] <= clock.local(clock.now()).time() < SOON_AFTER:
        yield _learn


def _learn() -> str:
    learn_sizes()
    return ""


def log() -> Iterator[Piece]:
    """What SQLite keeps in its log is copied into the database: routine, which needs no word."""
    yield _copy


def _copy() -> str:
    copy_log()
    return ""


def pictures() -> Iterator[Piece]:
    """Pictures that no form took, and files without a row, go after a day."""
    yield lambda: _said(Picture.sweep(), "没有用上的图片 {} 张")
    yield lambda: _said(Picture.sweep_files(), "没有记录的文件 {} 个")


def exports() -> Iterator[Piece]:
    """Files of exports go after a day."""
    yield lambda: _said(forget_old(), "一天前的导出 {} 份")


def figures() -> Iterator[Piece]:
    """The home page's totals are counted anew when the last count is old: routine, which needs no word."""
    yield _count


def _count() -> str:
    count_figures()
    return ""


def city_sums() -> Iterator[Piece]:
    """Services are folded into the whole city's sums: routine, which needs no word."""
    yield from [_fold] * FOLDS_AT_ONCE


def _fold() -> str:
    fold()
    return ""


def seals() -> Iterator[Piece]:
    """History is sealed, a batch after another: routine, which needs no word."""
    yield from [_seal] * SEALS_AT_ONCE


def _seal() -> str:
    seal_next()
    return ""


def recovery_codes() -> Iterator[Piece]:
    """Recovery codes of older versions get the slow hash of today: routine, which needs no word."""
    if ids := quick_ones():
        yield lambda: _slow_down(ids)


def _slow_down(ids: list[int]) -> str:
    slow_down(ids)
    return ""


def _said(number: int, words: str) -> str:
    return f"清除{words.format(number)}" if number else ""


JOBS: tuple[Callable[[], Iterator[Piece]], ...] = (
    starts,
    reminders,
    help_requests,
    alarms,
    honours,
    checks,
    pictures,
    exports,
    city_sums,
    figures,
    seals,
    attempts,
    creation_keys,
    recovery_codes,
    retention,
    sizes,
    log,
)


@click.command("tick")
@with_appcontext
def tick() -> None:
    """Store what time alone has brought about; exit 1 when something failed (it is tried again next time)."""
    failed = sum(_run(job) for job in JOBS)
    if failed:
        click.get_current_context().exit(1)


def _run(job: Callable[[], Iterator[Piece]]) -> int:
    """Do the pieces of one job, each committed; how many failed."""
    failed = 0
    pieces = list(job())
    db.session.rollback()  # looking is over: on SQLite it held the right to write
    for piece in pieces:
        try:
            done = piece()
            db.session.commit()
        except (DBAPIError, OSError) as error:
            db.session.rollback()
            current_app.logger.error("tick %s: %s", job.__name__, type(error).__name__)
            failed += 1
        else:
            if done:
                click.echo(done)
    return failed
