"""搜索: one box over everything that the portal shows, grouped by kind."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Select
from wtforms import StringField, ValidationError

from app import standing
from app.access import public
from app.blueprints.display_filters import WordsFilter
from app.blueprints.portal import portal
from app.finished import kept
from app.forms import clean
from app.htmx import render
from app.labels import day
from app.models.pages.site_search import MOST_WORDS, Hit, hits, totals
from app.models.region import place_name
from app.text import excerpt, marked

FIRST, MOST = 5, 30  # of each kind, of one chosen kind
# kind → (its name, how it is counted, icon); `portal.<kind>` is its list
KINDS = {
    "activities": ("志愿活动", "项", "flag"),
    "help": ("公众求助", "件", "help"),
    "feedback": ("活动反馈", "篇", "img"),
    "reports": ("志愿者上报", "篇", "edit"),
    "teams": ("志愿者团队", "个", "hands"),
    "bases": ("服务基地", "处", "house"),
    "professionals": ("专业志愿者", "个", "law"),
    "stars": ("季度之星", "个", "star"),
    "notices": ("通知公告", "条", "bell"),
    "guide": ("帮助与说明", "条", "book"),
}
WITHOUT_WORDS = ("professionals", "stars", "guide")  # their lists cannot be narrowed by words


class SearchFilter(WordsFilter):
    """Words, and the kind of thing if one is chosen."""

    kind = StringField("类别", filters=[clean])

    def narrow(self, stmt: Select[Any]) -> Select[Any]:
        """Every kind narrows its own list (app/models/pages/site_search.py)."""
        return stmt

    def validate_q(self, field: Any) -> None:
        """Not longer and not more words than a person would type."""
        super().validate_q(field)
        if len((field.data or "").split()) > MOST_WORDS:
            raise ValidationError(f"一次最多 {MOST_WORDS} 个词，请去掉几个。")

    def validate_kind(self, field: Any) -> None:
        """One of the kinds, or none for all."""
        if field.data and field.data not in KINDS:
            raise ValidationError("没有这个类别，请重新选择。")


@dataclass(frozen=True)
class Shown:
    """One result: where it leads, its title and a piece of its text with the words marked, and facts about it."""

    url: str
    title: Markup
    text: Markup
    facts: list[str]
    over: bool = False


@dataclass(frozen=True)
class Group:
    """The results of one kind: its key, name, counter word, icon, how many in all, and the first ones."""

    kind: str
    total: int
    rows: list[Shown]
    more: str  # where all of them are

    @property
    def name(self) -> str:
        return KINDS[self.kind][0]

    @property
    def unit(self) -> str:
        return KINDS[self.kind][1]

    @property
    def icon(self) -> str:
        return KINDS[self.kind][2]


@portal.get("/search")
@public
@kept("activities", "help", "feedback", "reports", "teams", "bases", "professionals", "honours", "notices")
def search() -> ResponseReturnValue:
    """Everything that holds the words, five of each kind, or more of the chosen one."""
    filters = SearchFilter(request.args)
    wrong = not filters.validate()
    words, kind = ("", "") if wrong else (filters.q.data or "", filters.kind.data or "")
    numbers = _numbers(words) if words else {}
    groups = _groups(words, [kind] if kind else list(KINDS), numbers)
    return render(
        "portal/search.html", "results", status=422 if wrong else 200,
        filters=filters, asked=words, kind=kind, kinds=KINDS, numbers=numbers, groups=groups,
    )  # fmt: skip


def _numbers(words: str) -> dict[str, int]:
    """How many of each kind, in the order of KINDS; kinds without any are left out."""
    numbers = totals(words) | {"guide": len(standing.find(words))}
    return {kind: numbers[kind] for kind in KINDS if numbers[kind]}


def _groups(words: str, kinds: list[str], numbers: dict[str, int]) -> list[Group]:
    wanted = [kind for kind in kinds if kind in numbers]
    most = FIRST if len(kinds) > 1 else MOST
    found = hits(words, [kind for kind in wanted if kind != "guide"], most)
    rows = {kind: [_shown(hit, words) for hit in some] for kind, some in found.items()}
    if "guide" in wanted:
        rows["guide"] = [_told(*one, words) for one in standing.find(words)[:most]]
    return [
        Group(kind, numbers[kind], rows[kind], _more(kind, words, len(kinds) > 1)) for kind in wanted if kind in rows
    ]


def _more(kind: str, words: str, among_others: bool) -> str:
    """The kind's own list with these words; where it has no words, this search with the kind chosen."""
    if kind not in WITHOUT_WORDS:
        return url_for(f"portal.{kind}", q=words)
    return url_for("portal.search", q=words, kind=kind) if among_others else url_for(f"portal.{kind}")


def _shown(hit: Hit, words: str) -> Shown:
    """A row of the database."""
    url = url_for(f"portal.{hit.kind}_show", id=hit.id)
    facts = [place_name(hit.code)] if hit.code else []
    facts += [day(hit.moment)] if hit.moment else []
    return Shown(url, marked(hit.title, words), marked(excerpt(hit.text, words), words), facts, hit.over)


def _told(endpoint: str, section: standing.Section, words: str) -> Shown:
    """A section of a standing page."""
    url = url_for(endpoint, _anchor=section.id)
    return Shown(url, marked(section.title, words), marked(excerpt(section.text, words), words), [])
