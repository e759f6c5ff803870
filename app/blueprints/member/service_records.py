"""服务记录: everything that counts for me, whatever it came from — activities, help given, the earlier platform."""

from dataclasses import dataclass

from flask import request, url_for
from flask.typing import ResponseReturnValue

from app import labels
from app.access import me, signed_in
from app.blueprints.member import member
from app.blueprints.member.services import ServiceFilter
from app.listing import AnyFilter, Key, Listing
from app.models.category import categories
from app.models.region import place_name
from app.models.service_record import ServiceRecord
from app.models.signups import mine as my_services

COLUMNS = {
    "日期": lambda r: r.day.isoformat(),
    "服务内容": lambda r: r.activity.title if r.activity else labels.word(r.evidence),
    "类型": lambda r: categories()[r.category_id].name,
    "社区": lambda r: place_name(r.community_code),
    "服务分钟": lambda r: r.minutes,
    "来源": lambda r: labels.word(r.evidence),
}
NEWEST = (Key(ServiceRecord.day, True), Key(ServiceRecord.id, True))


@dataclass
class Records(Listing):
    """My live records; how many they are is the count that the volunteer's row keeps."""

    number: int = 0

    def _total(self) -> int:
        return self.number


@member.get("/services/records")
@signed_in
def services_records() -> ResponseReturnValue:
    """Each confirmed service, newest first: their number is my 累计服务."""
    mine, tabs = my_services.summary(me().id), ServiceFilter(request.args)
    number = mine.services if mine else 0
    found = Records(my_services.records_of(me().id), AnyFilter(), NEWEST, COLUMNS, "我的服务记录", number=number)
    return found.respond(
        "member/services/records.html", "results", tabs=tabs.tabs(mine, url_for(".services_records")), mine=mine
    )
