"""What every template may use: who looks, in which mode, and the menus of the three surfaces."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from flask import Flask, current_app, g, request, url_for

from app import access, clock
from app.cookies import cookie_name
from app.freshness import Same
from app.labels import word
from app.models.category import categories
from app.models.message import unread_count
from app.models.region import place_name
from app.models.regions.former_names import place_name_on
from app.models.volunteers.id_card import masked_card
from app.models.work_unit import unit_name
from app.text import masked_phone, public_name

ELDER_COOKIE = "mode"
# (label, endpoint): a part stands in the menu only when its page exists.
PORTAL = [
    ("首页", "portal.home"),
    ("志愿活动", "portal.activities"),
    ("公众求助", "portal.help"),
    ("活动反馈", "portal.feedback"),
    ("志愿者上报", "portal.reports"),
    ("专业志愿者", "portal.professionals"),
    ("志愿者团队", "portal.teams"),
    ("服务基地", "portal.bases"),
]
FOOT = [
    ("关于本站", "portal.about"),
    ("使用帮助", "portal.guide"),
    ("网站地图", "portal.sitemap"),
    ("无障碍说明", "portal.accessibility"),
    ("隐私说明", "portal.privacy"),
]
# Above the header, and last in the menu of telephones.
TOP = [("通知公告", "portal.notices"), ("季度之星", "portal.stars"), ("使用帮助", "portal.guide")]
# Pages that the main menu leaves out: the site map lists them too (tests/portal/test_pages.py misses none).
MORE = [
    ("我要求助", "portal.help_new"),
    ("查求助进度", "portal.help_track"),
    ("季度之星", "portal.stars"),
    ("通知公告", "portal.notices"),
    ("搜索", "portal.search"),
]
ACCOUNT = [("登录", "auth.login"), ("注册会员", "auth.register")]
MEMBER = [
    ("我的首页", "member.home", "home"),
    ("个人信息", "member.profile", "user"),
    ("志愿者服务", "member.services", "flag"),
    ("志愿者申请", "member.volunteer", "badge"),
    ("我的团队", "member.teams", "hands"),
    ("志愿者上报", "member.reports", "edit"),
    ("公众求助", "member.help", "help"),
    ("消息", "member.messages", "bell"),
    ("账号安全", "member.security", "lock"),
    ("谁看过我的信息", "member.looks", "eye"),
]
# group → (label, endpoint, icon, permission)
P = access.Permission
OFFICE: list[tuple[str, list[tuple[str, str, str, access.Permission]]]] = [
    ("", [("工作台", "office.home", "home", P.OFFICE)]),
    (
        "审核",
        [
            ("志愿者申请", "office.applications", "badge", P.APPLICATIONS),
            ("志愿者上报", "office.reports", "edit", P.REPORTS),
        ],
    ),
    ("活动", [("活动管理", "office.activities", "flag", P.ACTIVITIES_SEE)]),
    ("求助", [("公众求助", "office.help", "help", P.HELP)]),
    (
        "展示",
        [
            ("志愿者团队", "office.teams", "hands", P.TEAMS),
            ("服务基地", "office.bases", "house", P.BASES),
            ("专业志愿者", "office.professionals", "law", P.PROFESSIONALS),
            ("季度之星", "office.honours", "star", P.HONOURS),
            ("通知公告", "office.notices", "bell", P.NOTICES),
        ],
    ),
    (
        "数据",
        [
            ("志愿者名册", "office.volunteers", "users", P.VOLUNTEERS),
            ("统计报表", "office.statistics", "chart", P.STATISTICS),
            ("单位人数", "office.headcounts", "list", P.HEADCOUNT),
            ("归属异议", "office.disputes", "alert", P.DISPUTES),
            ("人员导入", "office.imports", "upload", P.IMPORTS),
            ("原平台邀请", "office.invitations", "mail", P.APPLICATIONS),
            ("历史记录", "office.history", "history", P.HISTORY),
            ("我的导出", "office.exports", "down", P.OFFICE),
        ],
    ),
    (
        "设置",
        [
            ("任职管理", "office.posts", "user", P.POSTS),
            ("区域", "office.regions", "map", P.REGIONS),
            ("工作单位", "office.units", "book", P.UNITS),
            ("活动类型", "office.categories", "flag", P.CATEGORIES),
            ("工作日历", "office.workdays", "cal", P.WORKDAYS),
            ("一次性密码", "office.password_codes", "lock", P.PASSWORD_CODES),
        ],
    ),
]

# What is kept below a page of the menu, without an entry of its own.
PARTS = {
    "office.activities": ("office.signups", "office.attendance", "office.feedback", "office.calls"),
    "member.security": ("member.my_data", "member.my_data_download", "member.closing", "member.closing_carry_out"),
}


def mode() -> str:
    """`elder` in 长者模式, '' otherwise."""
    return "elder" if request.cookies.get(cookie_name(ELDER_COOKIE)) == "elder" else ""


ROOM = 300  # menus that are kept, some ten kB each; then all are forgotten


def kept(about: tuple[Any, ...], build: Callable[[], Iterable[Any]]) -> Same:
    """The menu that `build` says, the same for each visit of a page; `about` names which, and all else on which it hangs."""
    key, menus = (*about, request.endpoint, request.script_root), current_app.extensions.setdefault("menus", {})
    found: Same | None = menus.get(key)
    if found is None:
        if len(menus) >= ROOM:
            menus.clear()
        found = menus[key] = Same(build())
    return found


def menu(entries: Iterable[Any]) -> list[dict[str, Any]]:
    """Links of a menu for pages that exist, the present one marked."""
    known = current_app.view_functions
    return [
        {"label": label, "url": url_for(endpoint), "current": is_current(endpoint), "icon": (*rest, "")[0]}
        | {"count": g.get("menu_counts", {}).get(endpoint)}
        for label, endpoint, *rest in entries
        if endpoint in known
    ]


def opens(endpoint: str) -> bool:
    """Whether a link to this page leads this person anywhere; who has to sign in first is led on from there."""
    view: Any = current_app.view_functions[endpoint]
    needed = view.access
    return needed in ("public", "signed-in") or access.holds(access.Permission(needed))


def is_current(endpoint: str) -> bool:
    """Whether the page being shown is this one, or one of its noun (`office.activities_edit`)."""
    shown = request.endpoint or ""
    return any(shown == name or shown.startswith(f"{name}_") for name in (endpoint, *PARTS.get(endpoint, ())))


def office_menu() -> Same:
    """The back office's menu for the acting post, in groups: (heading, links)."""
    held = access.granted() if request.blueprint == "office" else frozenset()

    def build() -> Iterator[tuple[str, list[dict[str, Any]]]]:
        for group, entries in OFFICE:
            if found := menu(e for e in entries if e[3] in held):
                yield group, found

    return Same(build()) if "menu_counts" in g else kept(("office", held), build)


def search_url() -> str:
    """Where the box in the header leads: the search over everything, or the activities until it exists."""
    return url_for("portal.search" if "portal.search" in current_app.view_functions else "portal.activities")


def search_hint() -> str:
    """What the box in the header finds."""
    return "搜活动、团队、求助" if "portal.search" in current_app.view_functions else "搜活动、社区、地点"


def member_menu() -> Sequence[dict[str, Any]]:
    """The member centre's menu, with the unread messages counted."""
    if request.blueprint != "member" or access.somebody() is None:
        return []
    number = unread()

    def build() -> Iterator[dict[str, Any]]:
        for entry in menu(MEMBER):
            yield entry | {"count": number, "unit": "条未读"} if entry["label"] == "消息" else entry

    return kept(("member", number), build)


def site_map() -> list[tuple[str, list[dict[str, Any]]]]:
    """The menus that everybody may follow, under their headings."""
    groups: list[tuple[str, list[Any]]] = [
        ("栏目", PORTAL),
        ("更多栏目", MORE),
        ("会员中心", [*ACCOUNT, *MEMBER]),
        ("关于与帮助", FOOT),
    ]
    return [(heading, menu(entries)) for heading, entries in groups]


def unread() -> int:
    """How many unread messages the signed-in person has; asked once a request."""
    if "unread" not in g:
        g.unread = unread_count(access.me().id)
    return int(g.unread)


GLOBALS = {
    "holds": access.holds,
    "P": access.Permission,
    "clock": clock,
    "unread": unread,
    "is_current": is_current,
    "opens": opens,
    "search_url": search_url,
    "search_hint": search_hint,
    "place": place_name,
    "place_on": place_name_on,
    "unit_name": unit_name,
    "categories": categories,
    "masked_phone": masked_phone,
    "public_name": public_name,
    "masked_card": masked_card,
    # Asked by the frames alone: a fragment builds no menu.
    "site_nav": lambda: kept(("portal",), lambda: menu(PORTAL)),
    "site_links": lambda: kept(("foot",), lambda: menu(FOOT)),
    "site_top": lambda: kept(("top",), lambda: menu(TOP)),
    "member_nav": member_menu,
    "nav": office_menu,
}


def init(app: Flask) -> None:
    """Make these available in every template."""
    site = {key.lower(): value for key, value in app.config.items() if key.startswith(("SITE_", "PARENT_"))}
    app.jinja_env.globals.update(GLOBALS, site=site)
    app.jinja_env.filters["word"] = word

    @app.context_processor
    def viewing() -> dict[str, Any]:
        return {"me": access.somebody(), "mode": mode()}
