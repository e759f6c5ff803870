"""任职管理: who holds which post below one's own; granting, revoking, passing on; places where nobody does."""

from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from app import labels
from app.access import Permission, me, one, requires, rows
from app.accounts.proof import proven
from app.blueprints.office import office
from app.blueprints.office.activity_forms import acting_within
from app.blueprints.office.post_forms import AppointForm, HandOverForm, PostFilter, RevocationForm, VacancyFilter
from app.disclosure import disclose
from app.htmx import go, render
from app.listing import Key, Listing
from app.models.history import history_of
from app.models.post import Post, Role
from app.models.posts import lists
from app.models.posts.open_work import open_work
from app.models.posts.rising import held_places
from app.models.region import Region
from app.models.regions.homes import above
from app.once import once
from app.text import masked_phone
from app.timeline.posts import told

P = Permission
COLUMNS = {
    "姓名": lambda p: p.user.name,
    "用户名": lambda p: p.user.username,
    "手机号": lambda p: masked_phone(p.user.phone),
    "任职": lambda p: labels.word(p.role),
    "地点": lambda p: p.place,
    "状态": lambda p: labels.word(p.state),
    "开始": lambda p: p.first_day.isoformat(),
    "结束": lambda p: p.last_day.isoformat() if p.last_day else "",
    "撤销时间": lambda p: labels.stamp(p.revoked_at) if p.revoked_at else "",
    "任命人": lambda p: p.granted_by.name if p.granted_by else "",
}


@office.get("/posts")
@requires(P.POSTS)
def posts() -> ResponseReturnValue:
    """Posts strictly below one's own, newest first; one tab a state."""
    listing = _listing()
    filters: Any = listing.filters
    counts = lists.counts(filters.narrow_but_state(rows(Post, P.POSTS))) if filters.validate() else {}
    alone = acts_for_city() and lists.too_few_city_admins()
    return listing.respond("office/posts/list.html", "results", tabs=filters.tabs(counts), alone=alone)


@office.route("/posts/export", methods=["GET", "POST"])
@requires(P.POSTS)
def posts_export() -> ResponseReturnValue:
    """What the filters leave as a file, with its purpose in the history."""
    listing = _listing()
    return disclose(listing, "任职", url_for("office.posts", **listing.filters.given()), users=lambda p: p.user_id)


@office.get("/posts/vacancies")
@requires(P.POSTS)
def posts_vacancies() -> ResponseReturnValue:
    """无人任职: places below one's own without a living post, and who sees to their work meanwhile."""
    code, held = acting_within(), held_places()
    listing = Listing(lists.vacancies(code), VacancyFilter(request.args), [Key(Region.code)])
    filters: Any = listing.filters
    tabs = filters.tabs(lists.vacant_counts(code))
    return listing.respond("office/posts/vacancies.html", "results", tabs=tabs, acting=lambda at: _acting(at, held))


@office.route("/posts/new", methods=["GET", "POST"])
@requires(P.POSTS)
@proven
@once
def posts_new() -> ResponseReturnValue:
    """Give somebody a post strictly below one's own."""
    form = AppointForm()
    if granted := form.carry(form.grant):
        flash("已任命，并已通知本人。", "ok")
        return go(url_for(".posts_show", id=granted.id))
    return render("office/posts/new.html", status=form.status, form=form)


@office.get("/posts/<int:id>")
@requires(P.POSTS)
def posts_show(id: int) -> ResponseReturnValue:
    """One post: who, from when to when, its history, and who else held it."""
    return _page(id)


@office.post("/posts/<int:id>/revocation")
@requires(P.POSTS)
def posts_revocation(id: int) -> ResponseReturnValue:
    """Take it away at once, for a reason."""
    post, form = one(Post, id, P.POSTS), RevocationForm()
    if form.carry(lambda: post.revoke(by=me(), reason=form.reason.data or "")) is None:
        return _page(id, form, form.status)
    flash("已撤销，立即生效，并已通知本人。", "ok")
    return go(url_for(".posts_show", id=id))


@office.route("/posts/<int:id>/hand-over", methods=["GET", "POST"])
@requires(P.POSTS)
@proven
@once
def posts_hand_over(id: int) -> ResponseReturnValue:
    """移交: the post goes to a successor on a day, with the open work of the place."""
    post, form = one(Post, id, P.POSTS, *lists.WITH_PEOPLE), HandOverForm()
    if taken := form.carry(lambda: form.pass_on(post)):
        flash("已移交，并已通知双方。", "ok")
        return go(url_for(".posts_show", id=taken.id))
    work = [part for part in open_work(post) if part.count]
    return render("office/posts/hand_over.html", status=form.status, form=form, post=post, work=work)


def acts_for_city() -> bool:
    """Whether the acting post is the city's."""
    post = me().post
    return post is not None and post.role is Role.CITY


def _acting(code: str, held: frozenset[str]) -> str:
    """The lowest region with a living post above this one; '' without any."""
    place = above(code)
    while place and place not in held:
        place = above(place)
    return place


def _page(id: int, form: RevocationForm | None = None, status: int = 200) -> ResponseReturnValue:
    post = one(Post, id, P.POSTS, *lists.WITH_PEOPLE)
    context = {"post": post, "revocation": form, "story": told(history_of(post)), "others": lists.others_there(post)}
    return render("office/posts/show.html", status=status, **context)


def _listing() -> Listing:
    scope = rows(Post, P.POSTS).options(*lists.WITH_PEOPLE)
    filters, order = PostFilter(request.args), [Key(Post.id, True)]
    return Listing(scope, filters, order, columns=COLUMNS, name="posts", personal=True)
