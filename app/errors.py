"""Error answers: a Chinese page, or for htmx a fragment sent to the page's live region `#alert`.

Whatever was half done is rolled back before the page is made.
"""

from typing import Any

from flask import Flask, Response, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_login import AnonymousUserMixin
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, TimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from app.access import somebody
from app.db import db
from app.htmx import go, wants_fragment
from app.labels import word
from app.refusal import Busy, Invalid, Refused, Wait

WORDS = {
    400: ("请求有误", "地址或提交的内容不完整，请返回上一页再试。"),
    401: ("请先登录", "登录后即可继续。"),
    403: ("没有权限", "您当前的身份不能使用这个页面。如有多个任职，请在页面上方切换。"),
    404: ("没有找到这个页面", "可能已经撤下、移走，或者地址有误。"),
    405: ("不能这样打开", "请从页面上的按钮进入。"),
    409: ("现在不能这样做", "情况已经变化，请看最新状态。"),
    413: ("内容太大", "图片每张不超过 10 MB，最多 9 张，请减少后再提交。"),
    422: ("有内容需要修改", "请按提示修改后再提交。"),
    429: ("操作太频繁", "请稍等几分钟再试。"),
    500: ("系统出错了", "没有保存任何改动。请稍后再试，若一直这样请联系社区工作人员。"),
    503: ("系统暂时繁忙", "没有保存任何改动，请几秒钟后再试。"),
}


def answer(status: int, message: str = "", **headers: str) -> Response:
    """The page (or htmx fragment) for this status; `message` replaces the usual sentence."""
    title, usual = WORDS.get(status, WORDS[500 if status >= 500 else 400])
    if status >= 500:
        g._login_user = AnonymousUserMixin()  # the page must not ask a database that is away who looks
    part = wants_fragment()
    template = "error_fragment.html" if part else "error.html"
    body = render_template(template, status=status, title=title, message=message or usual)
    response = make_response(body, status)
    if part:
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#alert", "innerHTML"
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


def sign_in_first() -> Response:
    """A visitor is sent to sign in and comes back afterwards; htmx moves the whole window."""
    here = request.script_root + request.full_path.rstrip("?")
    wanted = here if request.method == "GET" and not wants_fragment() else None
    target = url_for("auth.login", next=wanted)
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Redirect": target})
    return make_response(redirect(target, 303))


def present_state(refused: Refused) -> str:
    """The refusal in words: its own sentence, or the state in which the row is now."""
    if refused.message:
        return refused.message
    db.session.refresh(refused.row)
    return f"这一项现在是“{word(refused.row.status)}”，不能这样操作。可能刚被其他人处理过。"


def refused(error: Refused) -> Response:
    """409: the move is not possible in the present state."""
    db.session.rollback()
    return answer(409, present_state(error))


def invalid(error: Invalid) -> Response:
    """422: a wrong value that no form caught."""
    db.session.rollback()
    return answer(422, error.message)


def stale(error: StaleDataError) -> Response:
    """409: somebody else changed the row since it was read."""
    db.session.rollback()
    return answer(409, "刚才有人先处理了这一项，请看最新状态后再操作。")


def too_many(error: Wait) -> Response:
    """429: too many tries; Retry-After says when the next one is looked at."""
    db.session.rollback()
    return answer(429, error.message, Retry_After=str(error.seconds))


def clash(error: IntegrityError) -> Response:
    """409: the database itself refused, since something else took the place meanwhile."""
    db.session.rollback()
    current_app.logger.warning("integrity: %s", type(error.orig).__name__)
    return answer(409, "与已有的内容冲突，没有保存。请刷新页面看最新状态。")


def forged(error: CSRFError) -> Response:
    """400: the form's token is missing, old or not ours; who went back to a registration that is done goes on to the account."""
    db.session.rollback()
    if request.endpoint == "auth.register" and somebody():
        flash("您已经注册并登录，不用再提交一次。", "ok")
        return go(url_for("member.home"))
    return answer(400, "页面停留太久或来源不明，没有保存。请返回上一页刷新后再提交。")


def foreign(error: SecurityError) -> Response:
    """400: the Host header is none of ours. No address can be made for it, so no page either."""
    return Response("网站名称不对，请从本站的地址进入。", 400, content_type="text/plain; charset=utf-8")


def away(error: Exception) -> Response:
    """503: the database does not answer, or everybody waits for it."""
    _drop_session()
    current_app.logger.error("database away: %s", type(error).__name__)
    return answer(503, Retry_After="5")


def http(error: HTTPException) -> Any:
    """What a view aborted with; 401 leads to the sign-in page. What failed after the view comes as a 500 with its reason."""
    reason = getattr(error, "original_exception", None)
    if isinstance(reason, (OperationalError, TimeoutError)):
        return away(reason)
    db.session.rollback()
    if error.code == 401:
        return sign_in_first()
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    return answer(error.code or 500)


def broken(error: Exception) -> Response:
    """500: a fault of ours, logged; tests and the debugger see the exception itself."""
    if current_app.testing or current_app.debug:
        raise error
    _drop_session()
    current_app.logger.exception("unexpected")
    return answer(500)


HANDLERS: tuple[tuple[type[Exception], Any], ...] = (
    (Refused, refused),
    (Invalid, invalid),
    (Wait, too_many),
    (StaleDataError, stale),
    (IntegrityError, clash),
    (SecurityError, foreign),
    (CSRFError, forged),
    (OperationalError, away),
    (TimeoutError, away),
    (Busy, away),
    (HTTPException, http),
    (Exception, broken),
)


def init(app: Flask) -> None:
    """Register every error answer."""
    for kind, handler in HANDLERS:
        app.register_error_handler(kind, handler)
    app.teardown_appcontext(_end_quietly)  # before Flask-SQLAlchemy's, which came first


def _drop_session() -> None:
    try:
        db.session.rollback()
    except DBAPIError:
        db.session().invalidate()


def _end_quietly(error: BaseException | None) -> None:
    """A link that breaks after the answer was made must not cost the answer."""
    try:
        db.session.remove()  # half of what `rollback` costs, which expires every object one by one
    except DBAPIError:
        db.session().invalidate()
