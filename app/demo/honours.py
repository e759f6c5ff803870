"""Stars of the demonstration city: three quarters that are published, one in 公示, candidates, one revoked."""

from datetime import datetime, time, timedelta
from random import Random

from sqlalchemy import select

from app import clock
from app.db import db
from app.demo.people import Person
from app.demo.stage import Stage
from app.models import Honour, Team, User, Volunteer
from app.models.honours.figures import able_people, able_teams
from app.models.honours.proposal import announce, propose
from app.models.honours.quarter import Quarter, recent_quarters
from app.models.workday import last_of

PEOPLE, TEAMS = 3, 1  # each quarter
SETTLED = timedelta(days=24)  # after the end of a quarter its stars are published
OF_PEOPLE = (
    "退休后把时间都给了邻居：每周两次陪独居老人说话、量血压、代买药，记了厚厚三本走访笔记，谁家几点方便上门都清楚。",
    "白天上班，晚上和周末进社区，修水管、换灯泡、通下水，随叫随到。三个月里没有缺席过一次已经报名的活动。",
    "带着二十多个孩子读书写作业，从不迟到。有个孩子原来不爱开口，现在能站到台上讲故事，家长专门送来感谢信。",
    "路口护学岗的“老面孔”，风雨无阻。总结的“三看一等”被别的社区学了去，上学路上再没出过剐蹭。",
    "用专业本领帮群众：义务讲了八场防诈骗课，当场拦下两起转账，老人们说“听党员的，钱包稳当”。",
    "清洁家园活动的组织者，一家一家敲门商量，把堆了多年的楼道杂物清干净，还带出了六名新志愿者。",
)
OF_TEAMS = (
    "三个月里固定服务日一次不落，活动前有分工、活动后有总结，队员轮流带新人，邻近社区也来取经。",
    "接到社区的请求就出动，来得快、干得细、收得净，安全零事故，居民送来锦旗。",
    "队员从几个人发展到一支队伍，老党员传经验，年轻人出点子，把一件小事坚持做成了品牌。",
)


def make_honours(random: Random, people: list[Person], staff: dict[str, int]) -> int:
    """Propose, ask, announce and publish them at their moments; returns how many."""
    maker = Maker(random, people, staff)
    recent = recent_quarters(5)
    over = [one for one in recent if clock.start_of(one.last_day) + SETTLED < clock.now()][:3]
    try:
        for quarter in reversed(over):
            maker.published(quarter)
        maker.announced(next(one for one in recent if one.is_over))
        maker.candidates(recent[0])
    finally:
        clock.move(timedelta(0))
    return maker.made


class Maker(Stage):
    """The city choosing stars."""

    def __init__(self, random: Random, people: list[Person], staff: dict[str, int]) -> None:
        super().__init__(random, staff)
        self.city, self.own, self.made = self.staff["city"], people[0].volunteer_id, 0

    def at(self, quarter: Quarter, days: int, hour: int = 9) -> None:
        """So many days after the end of the quarter, at that hour."""
        moment = datetime.combine(quarter.last_day + timedelta(days=days), time(hour), clock.SHANGHAI)
        clock.move(timedelta(0))
        clock.move(moment - clock.now())

    def able(self, quarter: Quarter, number: int, least: int = 3) -> list[Volunteer]:
        """Some who served in that quarter."""
        ids = list(db.session.scalars(select(Volunteer.id).where(*able_people(quarter, least)).order_by(Volunteer.id)))
        chosen = self.random.sample([id for id in ids if id != self.own], min(number, len(ids) - 1))
        return [db.session.get_one(Volunteer, id) for id in chosen]

    def propose(self, quarter: Quarter, subject: Team | Volunteer) -> Honour:
        """A candidate with a story."""
        story = (OF_TEAMS if isinstance(subject, Team) else OF_PEOPLE)[
            self.made % 3 + (self.made // 3 % 2) * 3 * isinstance(subject, Volunteer)
        ]
        self.made += 1
        return propose(quarter, subject, story, by=self.city)

    def agreed(self, honour: Honour, subject: Team | Volunteer) -> Honour:
        """The person says yes."""
        if isinstance(subject, Volunteer):
            honour.agree(by=db.session.get_one(User, subject.user_id))
        return honour

    def published(self, quarter: Quarter) -> None:
        """A team and some people, announced for the shortest time, then published by the clock."""
        teams = list(db.session.scalars(select(Team).where(*able_teams(quarter, 1)).order_by(Team.id)))
        subjects: list[Team | Volunteer] = [
            *self.random.sample(teams, min(TEAMS, len(teams))),
            *self.able(quarter, PEOPLE),
        ]
        self.at(quarter, 3)
        begun = [(self.propose(quarter, one), one) for one in subjects]
        self.at(quarter, 4, 19)
        stars = [self.agreed(*one) for one in begun]
        self.at(quarter, 9)
        for star in stars:
            announce(star, clock.today(), last_of(clock.today(), 5), by=self.city)
        last = max(star.last_day for star in stars if star.last_day) if stars else clock.today()
        self.at(quarter, (last - quarter.last_day).days + 1, 0)
        for star in stars:
            star.settle()

    def announced(self, quarter: Quarter) -> None:
        """One person added later, in 公示 since yesterday; one was revoked before it came so far."""
        for number, volunteer in enumerate(self.able(quarter, 4, least=2)[-2:]):
            self.start(4)
            self.by_day()
            star = self.agreed(self.propose(quarter, volunteer), volunteer)
            self.start(1)
            if number:
                star.revoke(by=self.city, reason="公示前核实，有一次服务记错了人")
            else:
                announce(star, clock.today(), last_of(clock.today(), 6), by=self.city)

    def candidates(self, quarter: Quarter) -> None:
        """The account `volunteer` and others are asked for the running quarter; one has agreed, one declined."""
        own = db.session.get_one(Volunteer, self.own)
        served = (
            [own]
            if db.session.scalar(select(Volunteer.id).where(Volunteer.id == own.id, *able_people(quarter, 1)))
            else []
        )
        for number, volunteer in enumerate(served + self.able(quarter, 3, least=1)):
            self.start(2)
            self.by_day()
            star = self.propose(quarter, volunteer)
            self.later(20)
            if number == 1:
                self.agreed(star, volunteer)
            elif number == 2:
                star.decline(by=db.session.get_one(User, volunteer.user_id))
