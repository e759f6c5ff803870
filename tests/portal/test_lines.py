"""Lines of the portal's list are drawn once: they change with their row, their names and the clock, and with nothing else."""

import re
from datetime import timedelta

from app import clock
from app.blueprints.portal import activity_rows
from app.db import db
from app.models import Category, Region
from tests.activities import day
from tests.cast import WANTONG, make_activity, who


def line(client) -> str:
    """The only activity of the list, as a person reads it."""
    page = client.get("/activities").text
    found = re.findall(r'<article class="act">.*?</article>', page, re.S)
    assert len(found) == 1
    return re.sub(r"<[^>]+>|\s+", " ", found[0])


def test_a_line_follows_the_clock_forth_and_back(app, client):
    start = day(3)
    make_activity(starts_at=start, ends_at=start + timedelta(hours=2), signup_closes_at=start - timedelta(days=1))
    began = clock.now()
    steps = (
        (began, "报名中", "我要报名"),
        (start - timedelta(days=1, seconds=1), "报名中", "我要报名"),
        (start - timedelta(days=1), "报名截止", "查看详情"),
        (start, "进行中", "查看详情"),
        (start + timedelta(hours=2), "已结束", "查看详情"),
        (start + timedelta(days=400), "已结束", f"{clock.local(start).year}年"),
    )
    for moment, *words in (*steps, *reversed(steps)):
        clock.move(timedelta(0))
        clock.move(moment - clock.now() + timedelta(milliseconds=200))
        shown = line(client)
        assert all(word in shown for word in words), (moment - start, shown)
    assert "年" not in shown, "in its own year it names none"


def test_a_line_follows_its_row_and_the_names(app, client, clients):
    activity = make_activity(title="旧名", capacity=4)
    db.session.commit()
    assert "旧名" in line(client) and "0 /4" in line(client)
    activity.title, activity.taken = "新名 <b>", 3
    db.session.commit()
    assert "新名 &lt;b&gt;" in line(client) and "3 /4" in line(client) and "旧名" not in line(client)
    db.session.get(Category, activity.category_id).rename("新的类型", by=who("city"))
    db.session.commit()
    assert "新的类型" in line(client)
    db.session.get(Region, WANTONG).rename("千通社区居委会", by=who("city"))
    db.session.commit()
    assert "千通社区" in line(client)


def test_who_looks_changes_nobody_elses_line(app, client, clients):
    make_activity(title="一样的")
    db.session.commit()
    assert line(client) == line(clients("volunteer")) == line(client)


def test_what_was_drawn_stays_within_bounds(app, client, monkeypatch):
    monkeypatch.setattr(activity_rows, "ROOM", 10)
    for n in range(30):
        make_activity(title=f"第{n}", starts_at=day(2), ends_at=day(2, 11))
    db.session.commit()
    for words in range(5):
        assert client.get(f"/activities?x={words}").text.count("<article") == 20
    assert sum(len(held[1]) for held in activity_rows._drawn.kept.values()) <= 10 + 20
