"""What stands behind the figures of the statistics: service records, and the people who served."""

import json
from functools import cached_property
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from app import labels
from app.access import Permission, acting, requires, rows
from app.blueprints.office import office
from app.blueprints.office.statistics_forms import RecordFilter
from app.blueprints.office.statistics_page import managed, reachable
from app.disclosure import disclose
from app.listing import Key, Listing
from app.models.category import categories
from app.models.figures.different import before, first
from app.models.figures.people import Way, by_name, described, minutes_of, order_of, served, way_to, who_served
from app.models.figures.totals import Scope, sums_of
from app.models.region import place_name
from app.models.service_record import ServiceRecord
from app.models.work_unit import unit_name

P = Permission
COLUMNS = {
    "日期": lambda r: r.day.isoformat(),
    "姓名": lambda r: r.name,
    "手机尾号": lambda r: r.phone_tail,
    "服务内容": lambda r: r.title or labels.word(r.evidence),
    "类型": lambda r: categories()[r.category_id].name,
    "活动社区": lambda r: place_name(r.community_code),
    "志愿者社区": lambda r: place_name(r.volunteer_community_code),
    "工作单位": lambda r: unit_name(r.unit_id),
    "服务分钟": lambda r: r.minutes,
    "来源": lambda r: labels.word(r.evidence),
}
PEOPLE_COLUMNS = {
    "姓名": lambda r: r.name,
    "手机尾号": lambda r: r.phone_tail,
    "服务社区": lambda r: place_name(r.community_code),
    "工作单位": lambda r: unit_name(r.unit_id, r.unit_other),
    "服务次数": lambda r: r.services,
    "服务分钟": lambda r: r.minutes,
}
NEWEST = (Key(ServiceRecord.day, True), Key(ServiceRecord.id, True))


class Records(Listing):
    """Service records. How many there are says the roll-up, exactly and at any size."""

    def _total(self) -> int:
        filters: Any = self.filters
        return super()._total() if filters.person_id else self._sums[0]

    @property
    def minutes(self) -> int | None:
        """How long all of these services took: the 服务时长 that this list stands behind. None for a wrong filter."""
        filters: Any = self.filters
        if not filters.validate():
            return None
        if not filters.person_id:
            return self._sums[1]
        return minutes_of(filters.narrow(rows(ServiceRecord, filters.permission)))

    @cached_property
    def _sums(self) -> tuple[int, int]:
        """Services and minutes, asked once."""
        filters: Any = self.filters
        return sums_of(filters.scope)


class People(Listing):
    """The people who served."""

    def _total(self) -> int:
        return served(self._scope, acting(), self.kept)

    def _fetch(self, position: list[Any] | None, backwards: bool) -> list[Any]:
        if way_to(self._scope) is Way.HELD:
            place = position[0] if position else -1
            known = first(before(self._scope, acting()), self.per_page + 1, place, backwards=backwards)
            self.values = {"known": json.dumps(known)}
        return super()._fetch(position, backwards)

    def _rows(self, beyond: bool, backwards: bool) -> Select[Any]:
        """Not by name: the page is cut before anybody is looked up. PostgreSQL would look up all of them, and then sort."""
        if by_name(self._scope):
            return super()._rows(beyond, backwards)

        def cut(stmt: Select[Any], person: Any) -> Select[Any]:
            return Listing(stmt, self.filters, [Key(person)])._rows(beyond, backwards)

        page = who_served(self._scope, reachable(), way=way_to(self._scope), cut=cut)
        return page.order_by(*self._directions(backwards))

    @cached_property
    def _scope(self) -> Scope:
        filters: Any = self.filters
        scope: Scope = filters.scope
        return scope


@office.get("/statistics/records")
@requires(P.STATISTICS)
def statistics_records() -> ResponseReturnValue:
    """The records whose number a figure is, newest first."""
    listing = _records()
    return listing.respond("office/statistics/records.html", "results", minutes=listing.minutes)


@office.route("/statistics/records/export", methods=["GET", "POST"])
@requires(P.STATISTICS)
def statistics_records_export() -> ResponseReturnValue:
    """The same as a file, its purpose in the history."""
    listing = _records()
    return disclose(
        listing, "服务记录", _back(listing, "office.statistics_records"), volunteers=lambda r: r.volunteer_id
    )


@office.get("/statistics/people")
@requires(P.STATISTICS)
def statistics_people() -> ResponseReturnValue:
    """The people who served, each with the count in the period."""
    return _people().respond("office/statistics/people.html", "results")


@office.route("/statistics/people/export", methods=["GET", "POST"])
@requires(P.STATISTICS)
def statistics_people_export() -> ResponseReturnValue:
    """The same as a file, its purpose in the history."""
    listing = _people()
    return disclose(listing, "服务过的人", _back(listing, "office.statistics_people"), volunteers=lambda r: r.id)


def _back(listing: Listing, endpoint: str) -> str:
    filters: Any = listing.filters
    return str(filters.to(endpoint) if filters.validate() else request.path.removesuffix("/export"))


def _records() -> Records:
    filters = RecordFilter(request.args)

    def stmt() -> Select[Any]:
        return described(rows(ServiceRecord, filters.permission), reachable(), managed())

    return Records(stmt, filters, NEWEST, COLUMNS, "records", personal=True, scalars=False, shape=acting())


class PeopleFilter(RecordFilter):
    """The people's list is narrowed where it is made: each row holds sums of the scope."""

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Nothing more."""
        return stmt


def _people() -> Listing:
    filters = PeopleFilter(request.args)
    good = filters.validate()
    scope = filters.scope if good else PeopleFilter().scope
    order = [Key(column) for column in order_of(scope)]

    def stmt() -> Select[Any]:
        return who_served(scope, reachable())

    shape = acting(), way_to(scope)
    return People(stmt, filters, order, PEOPLE_COLUMNS, "people", personal=True, scalars=False, shape=shape)
