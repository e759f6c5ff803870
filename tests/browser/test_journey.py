"""The main job in a real browser, with scripts on both databases and without on SQLite (`make test-full`: on both).

A visitor registers, applies, is approved, finds an activity by filters, signs up, is ticked; feedback with
a real photo appears on the home page; and the neighbour meets a 404 at every address that named a row.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from app import clock
from app.access import GRANTS, Permission
from app.db import db
from app.models import Activity, Application, Feedback, Message, Picture, SignIn, SignUp, User, Volunteer
from app.models.signup import SignUpStatus
from app.models.user import Role
from tests import cast
from tests.support.photos import photo
from tests.support.statements import statements, writes
from tests.test_access import GUARDED, Route, key_of
from tests.world import ROWS

pytestmark = pytest.mark.browser
ID_CARD = "999999198803070028"
NAME, USERNAME = "钱晓梅", "qianxiaomei"


@pytest.fixture
def guarded_app(app: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The application with its tokens checked, as in production."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return app


def checksum(body: str) -> str:
    """An ID-card number from its first 17 digits."""
    from app.text import CHECKSUM, WEIGHTS

    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return body + CHECKSUM[total % 11]


def sign_in(page: Page, username: str) -> None:
    page.goto("/login")
    form = page.locator("main form[action$='/login']")
    form.locator("[name=username]").fill(username)
    form.locator("[name=password]").fill(cast.PASSWORD)
    form.get_by_role("button", name="登录").click()
    expect(page).not_to_have_url(re.compile("/login"))


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def register(page: Page) -> None:
    page.goto("/register")
    page.locator("[name=username]").last.fill(USERNAME)
    page.locator("main [name=password]").fill(cast.PASSWORD)
    page.locator("[name=password_confirm]").fill(cast.PASSWORD)
    page.locator("main [name=name]").fill(NAME)
    page.locator("main [name=phone]").fill("13612345678")
    page.locator("[name=consent]").check()
    page.get_by_role("button", name="注册", exact=True).click()
    expect(page.locator("main")).to_contain_text(NAME)


def apply(page: Page) -> None:
    page.goto("/member/volunteer/new")
    page.locator("[name=id_card]").fill(checksum(ID_CARD[:17]))
    choose(page, "gender", "female")
    choose(page, "political_status", "party")
    choose(page, "employment", "employed")
    page.locator("[name=community_q]").fill("万通")
    page.locator("#community-box").get_by_role("button", name="查找").click()
    page.locator(f"[name=community][value='{cast.WANTONG}']").check()
    page.locator("[name=work_unit][value=none]").check()
    page.locator("[name=consent]").check()
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("main")).to_contain_text("待审核")


def choose(page: Page, name: str, value: str) -> None:
    """A select or choice cards."""
    if page.locator(f"select[name={name}]").count():
        page.locator(f"select[name={name}]").select_option(value)
    else:
        page.locator(f"[name={name}][value='{value}']").check()


def approve(page: Page) -> None:
    page.goto("/office/applications")
    row = page.locator("article.q", has_text=NAME)
    row.get_by_role("button", name="通过：" + NAME).or_(
        row.get_by_role("button", name=re.compile("^通过"))
    ).first.click()
    expect(page.locator("main")).to_contain_text(re.compile("已通过|撤销"))


def launch(page: Page) -> None:
    """An activity that starts in fifty minutes: one may still sign up, and ticking is already open."""
    start = clock.local(clock.now() + timedelta(minutes=50)).replace(second=0, microsecond=0)
    page.goto("/office/activities/new")
    page.locator("[name=title]").fill("旅程测试：河岸清洁")
    choose(page, "category", "env")
    page.locator("[name=place]").fill("河岸广场")
    page.locator("[name=starts_at]").fill(f"{start:%Y-%m-%dT%H:%M}")
    page.locator("[name=ends_at]").fill(f"{start + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    page.locator("[name=capacity]").fill("5")
    page.locator("[name=description]").fill("带上手套。")
    page.get_by_role("button", name="保存并发布").click()
    expect(page.locator("main")).to_contain_text("旅程测试：河岸清洁")
    expect(page).to_have_url(re.compile(r"/office/activities/\d+"))


def find_and_sign_up(page: Page, scripts: bool) -> None:
    page.goto("/activities")
    for name, value in (("region", cast.GULOU), ("status", "recruiting"), ("category", "env")):
        page.locator(f"label.chip:has([name={name}][value='{value}'])").click()
        if scripts:
            expect(page).to_have_url(re.compile(f"{name}={value}"))
    if not scripts:
        page.locator("main").get_by_role("button", name="搜索").first.click()
    expect(page).to_have_url(re.compile("category=env"))
    page.get_by_role("link", name="旅程测试：河岸清洁", exact=True).click()
    page.locator("#signup-box").get_by_role("button", name=re.compile("我要报名|报名")).first.click()
    expect(page.locator("#signup-box")).to_contain_text("已录用")


def tick(page: Page, activity_id: int) -> None:
    page.goto(f"/office/activities/{activity_id}/attendance")
    page.get_by_role("checkbox", name=re.compile(NAME)).click()
    expect(page.get_by_role("checkbox", name=re.compile(NAME))).to_be_checked()


def report_back(page: Page, activity_id: int, scripts: bool) -> None:
    page.goto(f"/office/activities/{activity_id}/feedback")
    page.locator("[name=title]").fill("河岸干净了")
    page.locator("[name=body]").fill("大家一起清理了河岸。")
    page.locator("[name=pictures]").set_input_files({"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    if not scripts:
        page.get_by_role("button", name="上传所选图片").click()
    page.get_by_label(re.compile("第 1 张的说明")).fill("志愿者在河岸")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("main")).to_contain_text("已发布")


def served_without_gps(page: Page) -> None:
    """Her browser shows the feedback at home; the bytes that arrive carry no EXIF."""
    page.goto("/")
    expect(page.locator("main")).to_contain_text("河岸干净了")
    page.goto("/feedback")
    page.get_by_role("link", name=re.compile("河岸干净了")).first.click()
    expect(page).to_have_url(re.compile(r"/feedback/\d+"))
    expect(page.locator("main img[src*='/pictures/']").first).to_be_attached()
    sources = page.locator("main img[src*='/pictures/']").evaluate_all("all => all.map(one => one.src)")
    links = page.locator("main a[href*='/pictures/']").evaluate_all("all => all.map(one => one.href)")
    assert sources
    for source in {*sources, *links}:
        body = page.request.get(source).body()
        assert b"GPS-CANARY" not in body and not Image.open(BytesIO(body)).getexif()


@pytest.mark.both
def test_the_main_job_from_registering_to_a_service_that_counts(guarded_app, clients, page):
    the_main_job(guarded_app, clients, page, scripts=True)


def test_the_main_job_without_scripts(guarded_app, clients, plain):
    the_main_job(guarded_app, clients, plain, scripts=False)


def the_main_job(guarded_app: Any, clients: Callable[[str], Any], there: Page, scripts: bool) -> None:
    """From the registration to the portal, and what the neighbour meets."""
    register(there)
    apply(there)
    sign_out(there)
    sign_in(there, "wantong")
    approve(there)
    launch(there)
    sign_out(there)
    sign_in(there, USERNAME)
    find_and_sign_up(there, scripts)
    activity_id = int(re.search(r"/activities/(\d+)", there.url).group(1))  # type: ignore[union-attr]
    sign_out(there)
    sign_in(there, "wantong")
    tick(there, activity_id)
    report_back(there, activity_id, scripts)
    sign_out(there)
    sign_in(there, USERNAME)
    expect(there.locator("main")).to_contain_text("累计服务")
    there.goto("/member/")
    expect(there.locator(".stat", has_text="累计服务")).to_contain_text("1")
    sign_out(there)
    served_without_gps(there)
    guarded_app.config["WTF_CSRF_ENABLED"] = False  # the doors themselves must hold, not the missing token
    the_neighbour_sees_nothing(clients)
    everybody_else_may_look(clients)


def the_rows() -> dict[str, Any]:
    """What the journey made."""
    db.session.rollback()
    user = db.session.scalars(db.select(User).where(User.username_key == USERNAME)).one()
    volunteer = db.session.scalars(db.select(Volunteer).where(Volunteer.user_id == user.id)).one()
    signup = db.session.scalars(db.select(SignUp).where(SignUp.volunteer_id == volunteer.id)).one()
    assert signup.status is SignUpStatus.ADMITTED and volunteer.services == 1
    message = db.session.scalars(db.select(Message).where(Message.user_id == user.id)).first()
    return {
        "volunteer": volunteer,
        "signup": signup,
        "message": message,
        "application": db.session.scalars(db.select(Application).where(Application.user_id == user.id)).one(),
        "activity": db.session.get(Activity, signup.activity_id),
        "feedback": db.session.scalars(db.select(Feedback)).one(),
        "sign_in": db.session.scalars(db.select(SignIn).where(SignIn.user_id == user.id)).first(),
        "picture": db.session.scalars(db.select(Picture)).one(),
    }


def the_neighbour_sees_nothing(clients: Callable[[str], Any]) -> None:
    """Every guarded address that names a row of the journey, by GET and POST, plain and htmx: 404, no writing."""
    rows, baiyun, tried = the_rows(), clients("baiyun"), 0
    named = {key for key in ROWS if nouns_known(key, rows)}
    for route in GUARDED:
        if "<" not in route.rule or not route.rule.startswith(("/office/", "/member/")):
            continue
        if key_of(route) not in named or not held_below(route):
            continue  # of a noun that the journey made no row of, or the city's own
        values = iter(ROWS[key_of(route)](rows))
        path = re.sub(r"<[^>]+>", lambda _, values=values: str(next(values)), route.rule)
        for htmx in (False, True):
            with statements() as seen:
                answer = baiyun.open(path, method=route.method, htmx=htmx)
            assert answer.status_code == 404, f"{route.method} {path}: {answer.status_code}"
            assert not writes(seen), path
            tried += 1
    assert tried > 60
    for path in (
        "/office/",
        "/office/applications",
        "/office/applications?status=approved",
        "/office/volunteers",
        "/office/activities",
        "/office/volunteers?q=" + NAME,
        "/office/activities?q=旅程测试",
    ):
        page = baiyun.get(path).text
        shown = re.sub(r"<input[^>]*>|<title>.*?</title>", "", page.partition("<main")[2])
        assert NAME not in shown.replace(f"“{NAME}”", "") and "河岸清洁" not in shown, path


def held_below(route: Route) -> bool:
    """Whether a community holds the route's permission at all: elsewhere the answer is 403, whatever the row."""
    return route.access == "signed-in" or Permission(route.access) in GRANTS[Role.COMMUNITY]


def nouns_known(key: str, rows: dict[str, Any]) -> bool:
    """Whether the journey made a row of every noun in this key."""
    try:
        return bool(ROWS[key](rows))
    except KeyError:
        return False


def everybody_else_may_look(clients: Callable[[str], Any]) -> None:
    """Public pages answer the neighbour as they answer a visitor."""
    activity = db.session.scalars(db.select(Activity).where(Activity.title.startswith("旅程测试"))).one()
    for path in ("/", "/activities", f"/activities/{activity.id}", "/feedback"):
        for who in ("baiyun", ""):
            assert clients(who).get(path).status_code == 200
            assert NAME not in clients("").get(path).text
