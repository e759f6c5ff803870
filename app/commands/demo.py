"""`flask demo`: a believable city for development. Deterministic for a day, idempotent, never in production."""

from random import Random
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from app.accounts.passwords import hashed
from app.commands.regions import DATA, load_workdays, read_regions
from app.db import db
from app.demo import (
    calls,
    city_lists,
    delegation,
    feedback,
    helps,
    honours,
    imports,
    notices,
    people,
    professionals,
    queue,
    reports,
    showcases,
    turns,
    year,
)
from app.freshness import touch
from app.models import User
from app.models.figure import count_figures
from app.models.regions.file import import_regions

SEED = 2026
TOPICS = (
    "activities", "bases", "categories", "feedback", "help", "honours", "notices", "posts", "professionals", "regions", "reports", "teams", "units",
    "workdays",
)  # fmt: skip
VOLUNTEERS, ACTIVITIES, EACH_DISTRICT = 900, 520, 5


def is_there() -> bool:
    """Whether the demonstration was made before."""
    return db.session.scalar(select(User.id).where(User.username_key == "demo0001")) is not None


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Make the demonstration city: real regions, invented people and stories."""
    if current_app.config["PRODUCTION"]:
        raise click.ClickException("演示数据只用于开发环境")
    if is_there():
        click.echo("演示数据已经有了，没有改动")
        return
    import_regions(read_regions(DATA / "regions.csv"))
    load_workdays()
    touch(*TOPICS)
    db.session.commit()
    for line in _build(Random(SEED)):
        click.echo(line)
    touch(*TOPICS)
    db.session.commit()
    count_figures(anew=True)
    db.session.commit()
    click.echo(f"演示账号 city gulou huanglou wantong baiyun unit volunteer member，密码都是 {people.PASSWORD}")


def _build(random: Random) -> Any:
    """Write everything in one transaction, saying after each part what stands."""
    password_hash = hashed(people.PASSWORD)
    places, units = people.homes(random, EACH_DISTRICT), people.make_units()
    staff = people.make_staff(password_hash, units[0])
    yield f"单位 {len(units)} 个，管理员 {len(staff)} 名"
    volunteers = people.make_volunteers(random, VOLUNTEERS, places, units, password_hash, staff)
    yield f"志愿者 {len(volunteers)} 名"
    waiting = queue.make_queue(random, places, units, password_hash, staff, VOLUNTEERS)
    yield f"待办与历史申请 {waiting} 件"
    planned = year.plans(random, places, ACTIVITIES)
    ids = year.make_activities(random, planned, volunteers, staff)
    yield f"活动 {len(ids)} 场，含报名和服务记录，取消 {calls.note_cancellations(planned, ids, staff)} 场"
    yield "志愿者团队 {} 个，服务基地 {} 个".format(*showcases.make_showcases(Random(SEED), places, volunteers, staff))
    yield f"活动反馈 {feedback.make_feedback(random, planned, ids, staff)} 篇，配图"
    yield f"任职 {delegation.make_delegation(places, units, password_hash, staff)} 个"
    yield delegation.make_unit_keeping(units, volunteers, staff)
    yield f"志愿者上报 {reports.make_reports(Random(SEED), volunteers, staff)} 篇"
    yield f"通知公告 {notices.make_notices(Random(SEED), staff)} 条"
    yield f"专业志愿者 {professionals.make_professionals(Random(SEED), volunteers, staff)} 位"
    yield f"季度之星 {honours.make_honours(Random(SEED), volunteers, staff)} 个"
    yield f"原平台邀请 {imports.make_imports(Random(SEED), staff, password_hash)} 份"
    yield f"公众求助 {helps.make_helps(random, places, volunteers, staff)} 件"
    yield turns.make_turns(Random(SEED), volunteers, staff)
    yield city_lists.make_city_lists(places, staff)
