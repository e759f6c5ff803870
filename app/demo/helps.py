"""Requests for help in every state, made by the product's own verbs at their moments; counters are true by themselves."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from app import clock
from app.db import db
from app.demo import help_stories as words
from app.demo.names import phone
from app.demo.people import WANTONG, Person
from app.demo.stage import Stage
from app.models import Assignment, HelpRequest, User
from app.models.help.states import HelpStatus, Rating
from app.models.help_request import Asking

S = HelpStatus
LIVELY = tuple(S) * 2 + (S.PENDING, S.PENDING, S.ACCEPTED, S.SERVING, S.DONE) + (S.CLOSED,) * 7
ELSEWHERE = (S.CLOSED,) * 11 + (S.PENDING, S.ACCEPTED, S.ARRANGED, S.SERVING, S.DONE, S.RETURNED, S.REFUSED)
AGO = {  # days before today on which a request in this state was made, from and to
    S.PENDING: (0, 2),
    S.RETURNED: (1, 4),
    S.ACCEPTED: (1, 3),
    S.ARRANGED: (0, 0),
    S.SERVING: (2, 6),
    S.DONE: (5, 9),
    S.CLOSED: (9, 150),
    S.REFUSED: (5, 60),
    S.MERGED: (4, 40),
    S.WITHDRAWN: (3, 60),
    S.LAPSED: (40, 90),
}


def make_helps(random: Random, places: list[str], people: list[Person], staff: dict[str, int], count: int = 84) -> int:
    """Make them; returns how many. 万通 has every state twice and more."""
    maker = Maker(random, people, staff)
    plan = [(WANTONG, status) for status in LIVELY]
    plan += [(random.choice(places), random.choice(ELSEWHERE)) for _ in range(count)]
    try:
        for community, status in sorted(plan, key=lambda _: random.random()):
            maker.make(community, status)
            db.session.flush()
    finally:
        clock.move(timedelta(0))
    return maker.made


class Maker(Stage):
    """Brings one request after the other into its state, each verb a while after the one before."""

    def __init__(self, random: Random, people: list[Person], staff: dict[str, int]) -> None:
        super().__init__(random, staff)
        self.made = 0
        self.near: dict[str, list[Person]] = {}
        for person in people:
            self.near.setdefault(person.community, []).append(person)

    def make(self, community: str, status: HelpStatus) -> HelpRequest:
        """One request of this community in this state."""
        first, last = AGO[status]
        self.start(self.random.randint(first, last))
        story = self.random.choice(words.STORIES)
        request = self._ask(community, story)
        staff = self.keeper(community)
        ends: dict[HelpStatus, Callable[[], Any]] = {
            S.RETURNED: lambda: request.ask_back(by=staff, reason=self.random.choice(words.BACK)),
            S.LAPSED: lambda: self._lapse(request, staff),
            S.REFUSED: lambda: request.refuse(by=staff, reason=self.random.choice(words.REFUSALS)),
            S.MERGED: lambda: request.merge(self._ask(community, story), by=staff),
            S.WITHDRAWN: request.withdraw,
            S.PENDING: lambda: None,
        }
        self.later(5)
        ends.get(status, lambda: self._serve(request, status, story, staff))()
        return request

    def _ask(self, community: str, story: words.HelpStory) -> HelpRequest:
        self.made += 1
        soon = clock.today() + timedelta(days=self.random.randint(2, 6))
        told = Asking(
            name=self.random.choice(words.NAMES),
            phone=phone(20_000 + self.made),
            community=community,
            address=self.random.choice(words.ADDRESSES),
            category=story.category,
            content=story.content,
            wanted_on=soon if self.random.random() < 0.6 else None,
            on_behalf=self.random.random() < 0.3,
        )
        return HelpRequest.ask(told)

    def _lapse(self, request: HelpRequest, staff: User) -> None:
        request.ask_back(by=staff, reason=self.random.choice(words.BACK))
        self.later(30 * 24)
        request.settle()

    def _serve(self, request: HelpRequest, status: HelpStatus, story: words.HelpStory, staff: User) -> None:
        if status is S.CLOSED and self.random.random() < 0.2:
            request.ask_back(by=staff, reason=self.random.choice(words.BACK))
            self.later(8)
            request.supply(self.random.choice(words.ANSWERS))
            self.later(6)
        request.accept(by=staff)
        helpers = self.near.get(request.community_code, [])
        if status is S.ACCEPTED:
            return
        self.later(4)
        if not helpers:
            self._alone(request, status, story, staff)
            return
        chosen = self.random.sample(helpers, min(2, len(helpers)))
        if request.community_code == WANTONG and status in (S.ARRANGED, S.SERVING) and helpers[0] not in chosen:
            chosen[0] = helpers[0]  # the account `volunteer`, so that it has something to answer
        offers = request.arrange([one.volunteer_id for one in chosen], by=staff)
        if status is not S.ARRANGED:
            self.later(3)
            self._help(request, offers, status, story, staff)

    def _help(
        self, request: HelpRequest, offers: list[Assignment], status: HelpStatus, story: words.HelpStory, staff: User
    ) -> None:
        first, *rest = offers
        person = db.session.get_one(User, first.user_id)
        first.accept(by=person)
        for one in rest:
            one.decline(by=db.session.get_one(User, one.user_id))
        if status is S.SERVING:
            return
        self.later(30)
        first.file_result(story.result, story.minutes, by=person)
        if status is S.CLOSED:
            self._close(request, story, staff)

    def _alone(self, request: HelpRequest, status: HelpStatus, story: words.HelpStory, staff: User) -> None:
        """Where no volunteer lives the community sees to it itself."""
        if status in (S.DONE, S.CLOSED):
            request.solve(story.result, by=staff)
        if status is S.CLOSED:
            self._close(request, story, staff)

    def _close(self, request: HelpRequest, story: words.HelpStory, staff: User) -> None:
        self.later(20)
        if self.random.random() < 0.08:
            request.close(by=staff, result=story.result, private_reason=words.PRIVATE)
        else:
            request.close(by=staff, result=story.result, title=story.title, summary=story.summary)
        if self.random.random() < 0.7:
            self.later(10)
            request.rate(self.random.choices(list(Rating), (82, 15, 3))[0])
