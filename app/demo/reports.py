"""Reports of volunteers in every state, made by the product's own verbs at their moments."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from app import clock
from app.db import db
from app.demo import report_stories as stories
from app.demo.drawings import ALTS, drawn
from app.demo.people import WANTONG, Person
from app.demo.stage import Stage
from app.models import Activity, Picture, Report, User
from app.models.category import category_by_slug
from app.models.report import ReportKind, ReportStatus, Words, took_part

S = ReportStatus
OWN = (S.PUBLISHED, S.RETURNED, S.WITHDRAWN, S.UNUSED, S.PENDING, S.DRAFT, S.PUBLISHED)  # by the account `volunteer`
NEAR = (S.PUBLISHED,) * 4 + (S.PENDING,) * 4  # by others of 万通
FAR = (S.PUBLISHED,) * 10 + (S.PENDING,) * 3 + (S.RETURNED, S.UNUSED, S.WITHDRAWN, S.DRAFT)
AGO = {S.PENDING: (0, 3), S.DRAFT: (0, 5), S.RETURNED: (1, 6)}  # days before today, from and to
LONG_AGO = (2, 60)


def make_reports(random: Random, people: list[Person], staff: dict[str, int]) -> int:
    """Make them; returns how many. Two are pinned, plans of 万通 became a draft of an activity."""
    maker = Maker(random, staff)
    near = [one for one in people[1:] if one.community == WANTONG]
    far = random.sample([one for one in people if one.community != WANTONG], len(FAR))
    plan = [(people[0], status) for status in OWN]
    plan += list(zip(random.sample(near, len(NEAR)), NEAR, strict=True)) + list(zip(far, FAR, strict=True))
    try:
        made = [maker.make(*one, tale) for one, tale in zip(plan, stories.TALES, strict=True)]
        maker.finish(made)
    finally:
        clock.move(timedelta(0))
    return len(made)


class Maker(Stage):
    """Lets one volunteer after the other write, and the community decide."""

    def make(self, person: Person, status: ReportStatus, tale: stories.Tale) -> Report:
        """One report in this state."""
        self.start(self.random.randint(*AGO.get(status, LONG_AGO)))
        self.by_day()
        author = db.session.get_one(User, person.user_id)
        report = self._written(author, tale)
        if status is S.DRAFT:
            return report
        self.later(0.5)
        report.submit(by=author)
        self.later(20)
        self.by_day()
        staff, choose = self.keeper(report.community_code), self.random.choice
        verbs: dict[ReportStatus, Callable[[], Any]] = {
            S.PENDING: lambda: None,
            S.RETURNED: lambda: report.send_back(by=staff, reason=choose(stories.RETURNS)),
            S.UNUSED: lambda: report.not_use(by=staff, reason=choose(stories.REFUSALS)),
        }
        verbs.get(status, lambda: self._publish(report, staff))()
        if status is S.WITHDRAWN:
            self.later(30)
            self.by_day()
            report.withdraw(by=staff, reason=choose(stories.WITHDRAWALS))
        return report

    def finish(self, made: list[Report]) -> None:
        """What staff do later: pin two, make a draft of an activity of a plan."""
        self.start(0.2)
        public = [report for report in made if report.status is S.PUBLISHED]
        public[0].pin(by=self.staff["gulou"])
        public[-1].pin(by=self.staff["city"])
        plans = [one for one in public if one.kind is ReportKind.PLAN and one.community_code == WANTONG]
        for plan in plans[:1]:
            plan.plan_to_activity(by=self.staff["wantong"])

    def _written(self, author: User, tale: stories.Tale) -> Report:
        pictures = [(Picture.keep(drawn(name), by=author), ALTS.get(name, "服务现场")) for name in tale.pictures]
        words = Words(kind=tale.kind, title=tale.title, body=tale.text, activity_id=self._about(author, tale))
        return Report.draft(words, pictures, by=author)

    def _about(self, author: User, tale: stories.Tale) -> int | None:
        """The last activity of the tale's category that the author was at, for an account of one."""
        kind = category_by_slug(tale.pictures[0] if tale.pictures else "")
        if tale.kind is not ReportKind.ACCOUNT or kind is None:
            return None
        there = took_part(author.id).where(Activity.category_id == kind.id)
        last = db.session.scalars(there.order_by(Activity.starts_at.desc()).limit(1)).first()
        return last.id if last else None

    def _publish(self, report: Report, staff: User) -> None:
        if report.id % 4 == 1:  # staff shorten it; the author's own words stay beside it
            first, *rest = report.paragraphs
            shorter = "\n\n".join([first, *(line.split("。")[0] + "。" for line in rest)])
            report.edit_by_staff(report.title, shorter, report.version, by=staff)
        report.publish(by=staff)
