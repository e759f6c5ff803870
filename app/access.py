"""Who may do what, and where. Nothing else in the product knows (SPEC section 2).

A post gives a role over a region or a work unit. A permission is held through one of three doors:
*manage* (things of the communities below), *people* (volunteers whose service community lies below, and
what they did anywhere), *unit* (volunteers of the unit, likewise). Each model says in DOORS which of its
columns a door narrows; a post itself says in `scope` what lies below it. Office views reach rows through
`rows` and `one` alone.

Every view is marked: `public`, `signed_in` or `requires(permission)`; the application refuses to start
with one that is not (`check_every_view`).
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, cast

from flask import Flask, abort, g, request
from flask_login import current_user
from sqlalchemy import Select, bindparam, false, select

from app.db import db
from app.models.region import lies_below, within
from app.models.user import Role, User
from app.models.work_unit import with_merged
from app.statements import kept, objects_of, settled
from app.straight import fresh, plain, read


class Permission(StrEnum):
    """`<door>:<what>`: the door narrows which rows, the rest names what may be done with them."""

    OFFICE = "any:office"
    APPLICATIONS = "manage:applications"
    ACTIVITIES_SEE = "manage:activities-see"
    ACTIVITIES = "manage:activities"
    FEEDBACK = "manage:feedback"
    HELP = "manage:help"
    REPORTS = "manage:reports"
    TEAMS = "manage:teams"
    BASES = "manage:bases"
    IMPORTS = "manage:imports"
    VOLUNTEERS = "people:volunteers"
    VOLUNTEERS_KEEP = "people:volunteers-keep"
    STATISTICS = "any:statistics"
    HEADCOUNT = "unit:headcount"
    DISPUTES = "people:disputes"
    POSTS = "any:posts"
    REGIONS = "any:regions"
    UNITS = "any:units"
    CATEGORIES = "any:categories"
    WORKDAYS = "any:workdays"
    NOTICES = "any:notices"
    HONOURS = "any:honours"
    PROFESSIONALS = "any:professionals"
    HISTORY = "any:history"
    PASSWORD_CODES = "any:password-codes"  # noqa: S105  (a permission, no password)

    @property
    def door(self) -> str:
        return self.value.partition(":")[0]


P = Permission
COMMUNITY_WORK = frozenset(
    {P.OFFICE, P.APPLICATIONS, P.ACTIVITIES_SEE, P.ACTIVITIES, P.FEEDBACK, P.HELP, P.VOLUNTEERS}
    | {P.VOLUNTEERS_KEEP, P.PASSWORD_CODES, P.REPORTS, P.TEAMS, P.BASES, P.STATISTICS, P.DISPUTES, P.HISTORY}
)
ABOVE = COMMUNITY_WORK | {P.POSTS}  # a community has nobody below whom it could appoint
CITY_LISTS = frozenset({P.REGIONS, P.UNITS, P.CATEGORIES, P.WORKDAYS, P.NOTICES, P.HONOURS, P.PROFESSIONALS})
GRANTS: dict[Role, frozenset[Permission]] = {
    Role.CITY: ABOVE | CITY_LISTS | {P.IMPORTS},
    Role.DISTRICT: ABOVE | {P.IMPORTS},
    Role.SUBDISTRICT: ABOVE,
    Role.COMMUNITY: COMMUNITY_WORK,
    Role.UNIT: frozenset({P.OFFICE, P.VOLUNTEERS, P.STATISTICS, P.HEADCOUNT, P.DISPUTES, P.HISTORY}),
}


def me() -> User:
    """The signed-in person of this request; `me().post` is the post as which they act."""
    return cast(User, g.get("_login_user") or current_user._get_current_object())


def somebody() -> User | None:
    """The signed-in person, or None for a visitor."""
    person = me()
    return person if person.is_authenticated else None


def holds(permission: Permission) -> bool:
    """Whether the post as which this person acts gives the permission anywhere."""
    return permission in granted()


def granted() -> frozenset[Permission]:
    """All that the post as which this person acts gives."""
    user = somebody()
    return GRANTS[user.post.role] if user and user.post else frozenset()


def narrowed(model: Any, permission: Permission) -> Any:
    """The condition that a row of `model` lies within the acting post's scope; None: no limit."""
    if not holds(permission):
        return false()
    post = me().post
    if post is None:
        return false()
    if hasattr(model, "scope"):
        return model.scope(post)
    if post.role is Role.UNIT:
        return _of_unit(model, post.unit_id or 0)
    prefix = model.DOORS.get(permission.door)
    return false() if prefix is None else within(model, post.region_code or "", prefix)


def _of_unit(model: Any, unit_id: int) -> Any:
    """Rows of the unit; of models with a door for an heir also those of units that were merged into it."""
    unit, past = model.DOORS.get("unit"), model.DOORS.get("heir")
    ids = with_merged(unit_id) if past else (unit_id,)
    if not unit:
        return false()
    return getattr(model, unit) == unit_id if len(ids) == 1 else getattr(model, past).in_(ids)


def rows(model: Any, permission: Permission) -> Select[Any]:
    """Every row of `model` within the acting post's scope."""
    return inside(select(model), model, permission)


def inside(wanted: Select[Any], model: Any, permission: Permission) -> Select[Any]:
    """A statement about `model`, narrowed to the acting post's scope."""
    condition = narrowed(model, permission)
    return wanted if condition is None else wanted.where(condition)


def one(model: Any, id: int, permission: Permission, *options: Any, lock: bool = False) -> Any:
    """That row, or 404: what lies outside one's doors does not exist for one.

    `options` are loader options; `lock` holds the row until the transaction ends.
    """

    def build() -> Select[Any]:
        wanted = rows(model, permission).where(model.id == bindparam("one"))
        return wanted.with_for_update(of=model) if lock else wanted

    if options:  # kept as it is, to take them
        [wanted] = kept((model, permission, acting(), lock), lambda: (settled(build()),))
        return db.session.scalar(wanted.options(*options), {"one": id}) or abort(404)
    found = objects_of(kept(("whole", model, permission, acting(), lock), build), {"one": id})
    return found[0] if found else abort(404)


def held(model: Any, id: int, permission: Permission) -> Any:
    """That row, or 404, fresh and held until the transaction ends; for what is asked as often as people tap."""

    def build() -> Select[Any]:
        return inside(select(*plain(model)), model, permission).where(model.id == bindparam("one")).with_for_update()

    found = read(kept(("held", model, permission, acting()), build), {"one": id}).first()
    return fresh(model, found) if found else abort(404)


def line_of(wanted: Select[Any], model: Any, permission: Permission, about: str, **values: int) -> Any:
    """The one line of columns that a statement about `model` finds within the acting post's scope, or 404; `about` names it."""
    stmt = kept((about, model, permission, acting()), lambda: inside(wanted, model, permission))
    return read(stmt, values).first() or abort(404)


def acting() -> tuple[Any, ...]:
    """The post as which this person acts, as far as `rows` depends on it: what a list names as its shape."""
    post = me().post
    return (post.role, post.region_code, post.unit_id) if post else ()


def may_place(code: str, permission: Permission) -> bool:
    """Whether the acting post may put something into the community `code`."""
    post = me().post
    if post is None or not holds(permission) or not post.region_code:
        return False
    return lies_below(code, post.region_code)


def own(model: Any, id: int, *options: Any) -> Any:
    """The signed-in person's own row (`user_id`), or 404."""
    wanted = select(model).where(model.id == id, model.user_id == me().id).options(*options)
    found = db.session.scalar(wanted)
    return found if found is not None else abort(404)


View = Callable[..., Any]


def _marked(view: View, access: str) -> View:
    view.access = access  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Everybody may, signed in or not."""
    return _marked(view, "public")


def signed_in(view: View) -> View:
    """Every member may; a visitor is sent to sign in."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if somebody() is None:
            abort(401)
        return view(*args, **kwargs)

    return _marked(guarded, "signed-in")


def requires(permission: Permission) -> Callable[[View], View]:
    """Only who holds the permission through the acting post; 403 where it is held nowhere."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if somebody() is None:
                abort(401)
            if not holds(permission):
                abort(403)
            return view(*args, **kwargs)

        return _marked(guarded, permission.value)

    return decorate


def check_every_view(app: Flask) -> None:
    """Refuse to start with a route that names no access."""
    for rule in app.url_map.iter_rules():
        if not hasattr(app.view_functions[rule.endpoint], "access"):
            raise RuntimeError(f"{rule.endpoint} ({rule}) names no access: mark it in app/access.py's terms")


SAFE = ("GET", "HEAD", "OPTIONS")


def is_unsafe() -> bool:
    """Whether this request may change something."""
    return request.method not in SAFE
