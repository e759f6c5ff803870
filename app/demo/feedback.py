"""Feedback of the demonstration city, with pictures that were drawn for the product."""

from datetime import timedelta
from random import Random

from sqlalchemy import select, update

from app import clock
from app.db import db
from app.demo.drawings import ALTS, drawn
from app.demo.people import WANTONG
from app.demo.year import Plan
from app.models import Activity, Feedback, Picture
from app.models.feedback import FeedbackStatus

NEWEST, OLDER = 45, 25
TOLD = 0.96  # of those without pictures: the others stand in 待办
EXTRA = ("community", "team", "base1", "base2", "base3")
LINES = (
    "天刚亮人就到齐了，带队的同志把分工念了一遍，各自去忙。",
    "有位老人拉着我们的手说，你们常来就好。",
    "来的既有住在附近的在职党员，也有退休的老同志，配合得很默契。",
    "结束后大家一起把场地收拾干净，约好下个月再来。",
    "社区把没解决完的两件事记在本子上，已经联系了物业。",
)


def make_feedback(random: Random, planned: list[Plan], ids: list[int], staff: dict[str, int]) -> int:
    """Feedback on the newest and some older activities that took place; some drafts, one withdrawn."""
    now = clock.now()
    past = sorted(
        (
            (plan, one)
            for plan, one in zip(planned, ids, strict=True)
            if plan.end <= now and plan.kind in ("", "asking", "full")
        ),
        key=lambda pair: pair[0].start,
        reverse=True,
    )
    chosen = past[:NEWEST] + random.sample(past[NEWEST:], min(OLDER, len(past[NEWEST:])))
    for number, (plan, activity_id) in enumerate(chosen):
        row = _feedback(random, plan, activity_id, number, staff)
        db.session.add(row)
        db.session.flush()
        names = [plan.story.category, *random.sample(EXTRA, random.choice((0, 1, 2, 3)))]
        for position, name in enumerate(names):
            Picture.keep(
                drawn(name),
                row=row,
                by=staff["wantong"],
                position=position,
                alt=ALTS.get(name, f"{plan.story.title}现场"),
            )
    rest = [pair for pair in past[NEWEST:] if pair not in chosen]
    told = [
        _feedback(random, plan, id, 0, staff)
        for plan, id in rest
        if random.random() < (0.8 if plan.community == WANTONG else TOLD)
    ]
    db.session.add_all(told)
    db.session.flush()
    public = select(Feedback.published_at).where(
        Feedback.activity_id == Activity.id, Feedback.status == FeedbackStatus.PUBLISHED
    )
    db.session.execute(update(Activity).values(told_at=public.scalar_subquery()))
    return len(chosen) + len(told)


def _feedback(random: Random, plan: Plan, activity_id: int, number: int, staff: dict[str, int]) -> Feedback:
    figures = {"n": random.randint(9, 60), "m": random.randint(12, 90)}
    text = "\n\n".join([*random.sample(LINES, 2), plan.story.after.format(**figures)])
    status = FeedbackStatus.PUBLISHED
    if number and number % 17 == 0:
        status = FeedbackStatus.WITHDRAWN if number == 17 else FeedbackStatus.DRAFT
    published = min(plan.end + timedelta(hours=random.randint(2, 60)), clock.now() - timedelta(minutes=number + 1))
    row = Feedback(
        activity_id=activity_id,
        title=plan.story.title.partition("：")[0],
        body=text,
        status=status,
        published_at=None if status is FeedbackStatus.DRAFT else published,
        created_at=published,
        created_by_id=staff["wantong" if plan.community == WANTONG else "city"],
    )
    row.locate(plan.community)
    return row
