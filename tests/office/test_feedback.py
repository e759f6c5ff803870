"""Writing feedback in the back office: pictures that survive, bad input, twice, stale, out of reach."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from app import clock
from app.db import db
from app.media.storage import store
from app.models import CreationKey, Feedback, History, Picture
from app.models.feedback import FeedbackStatus
from tests import cast
from tests.support import photos
from tests.support.html import hidden
from tests.support.statements import statements, writes

TITLE, BODY = "为 18 位老人上门理发", "来了二十多位志愿者。\n\n老人们都很高兴，约好下个月再来。"


@pytest.fixture
def activity(app):
    """An activity of 万通社区 whose attendance is open."""
    return cast.make_activity(starts_at=clock.now() - timedelta(hours=3), ends_at=clock.now() - timedelta(hours=1)).id


@pytest.fixture
def folder(app, tmp_path):
    """A store of this test's own; how many files lie in it."""
    before, app.config["UPLOAD_URL"] = app.config["UPLOAD_URL"], str(tmp_path)
    yield lambda: len([path for path in Path(tmp_path).rglob("*") if path.is_file()])
    db.session.remove()
    app.config["UPLOAD_URL"] = before


def address(activity):
    return f"/office/activities/{activity}/feedback"


def send(client, activity, action="draft", page=None, files=(), **fields):
    """Fill the form in as a person would and press a button; `files` = [(name, bytes)]."""
    page = page or client.get(address(activity)).text
    sent = {**hidden(page), "title": TITLE, "body": BODY, "action": action, **fields}
    sent["pictures"] = [(BytesIO(content), name) for name, content in files]
    answer = client.post(address(activity), data=sent, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # the test client leaves a large body open
    return answer


def the_one(activity):
    return db.session.scalars(db.select(Feedback).where(Feedback.activity_id == activity)).one()


def count(model=Picture):
    return db.session.scalar(db.select(db.func.count()).select_from(model))


def test_a_community_writes_and_publishes(clients, activity, folder):
    wantong, visitor = clients("wantong"), clients("")
    assert send(wantong, activity, "draft", files=[("现场.jpg", photos.photo())]).status_code == 303
    feedback = the_one(activity)
    assert feedback.status is FeedbackStatus.DRAFT and feedback.title == TITLE
    assert visitor.get(f"/feedback/{feedback.id}").status_code == 404
    page = wantong.get(address(activity)).text
    assert "草稿" in page and len(hidden(page)["pictures_kept"]) == 1
    assert send(wantong, activity, "publish", page).status_code == 303
    shown = visitor.get(f"/feedback/{feedback.id}")
    assert shown.status_code == 200 and "<p>老人们都很高兴，约好下个月再来。</p>" in shown.text
    assert "反馈已发布" in wantong.get(address(activity)).text


def test_what_is_served_knows_no_place(clients, activity, folder):
    """The photo has GPS, a maker and a comment in it; the bytes that everybody gets have none."""
    send(clients("wantong"), activity, "publish", files=[("GPS.jpg", photos.photo())])
    picture = db.session.scalars(db.select(Picture)).one()
    for size in ("", "-thumb"):
        served = clients("").get(f"/pictures/{picture.name}{size}.jpg")
        assert served.status_code == 200 and served.mimetype == "image/jpeg"
        assert not Image.open(BytesIO(served.data)).getexif() and photos.CANARY not in served.data


@pytest.mark.parametrize("name", photos.BAD)
def test_a_bad_picture_is_named_at_the_field(clients, activity, folder, name):
    content, why = photos.bad(name)
    answer = send(clients("wantong"), activity, files=[(name, content)])
    assert answer.status_code == 422
    assert f"{name}：" in answer.text and why in answer.text
    assert 'id="pictures-e"' in answer.text and 'href="#pictures"' in answer.text
    assert TITLE in answer.text and "约好下个月再来" in answer.text
    assert count() == count(Feedback) == 0 and folder() == 0


def test_a_hostile_file_name_is_said_without_what_no_page_may_hold(clients, activity, folder):
    answer = send(clients("wantong"), activity, files=[("../x.php\0\u202e.jpg", photos.SVG)])
    assert answer.status_code == 422 and "x.php.jpg：" in answer.text and "\0" not in answer.text


def test_good_pictures_survive_beside_a_bad_one(clients, activity, folder):
    wantong = clients("wantong")
    answer = send(wantong, activity, files=[("好的.jpg", photos.photo()), ("漫画.jpg", photos.SVG)])
    assert answer.status_code == 422 and "漫画.jpg：" in answer.text
    kept = hidden(answer.text)["pictures_kept"]
    assert len(kept) == count() == 1 and count(Feedback) == 0
    assert wantong.get(f"/pictures/{kept[0]}-thumb.jpg").status_code == 200
    assert (
        send(wantong, activity, page=answer.text, **{f"pictures_alt_{kept[0]}": "志愿者为老人理发"}).status_code == 303
    )
    picture = db.session.scalars(db.select(Picture)).one()
    assert (picture.noun, picture.noun_id, picture.alt) == ("feedback", the_one(activity).id, "志愿者为老人理发")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("title", "", "请写一个标题。"),
        ("title", "  ", "请写一个标题。"),
        ("title", "长" * 61, "标题最多 60 个字，现在是 61 个。"),
        ("body", "", "请写一写现场的情况。"),
        ("body", "太短", "至少 10 个字"),
        ("body", "长" * 5001, "最多 5000 个字，现在是 5001 个。"),
    ],
)
def test_bad_words_cost_no_picture(clients, activity, folder, field, value, message):
    answer = send(clients("wantong"), activity, files=[("现场.jpg", photos.photo())], **{field: value})
    assert answer.status_code == 422 and message in answer.text
    assert "错误：" in answer.text and len(hidden(answer.text)["pictures_kept"]) == 1
    assert count(Feedback) == 0 and count() == 1 and folder() == 2


def test_ten_pictures_are_one_too_many(clients, activity, folder):
    files = [(f"第{number}张.jpg", photos.photo(40, 30)) for number in range(1, 11)]
    answer = send(clients("wantong"), activity, files=files)
    assert answer.status_code == 422 and "第10张.jpg：没有收下" in answer.text
    assert len(hidden(answer.text)["pictures_kept"]) == count() == 9 and count(Feedback) == 0


def test_a_tenth_cannot_be_smuggled_in(clients, activity, folder):
    wantong, by = clients("wantong"), cast.who("wantong")
    names = [Picture.keep(photos.photo(40, 30), by=by).name for _ in range(10)]
    answer = send(wantong, activity, pictures_kept=names)
    assert answer.status_code == 422 and "最多 9 张，现在有 10 张" in answer.text


def test_a_long_alt_text_is_named(clients, activity, folder):
    wantong = clients("wantong")
    kept = Picture.keep(photos.photo(40, 30), by=cast.who("wantong")).name
    answer = send(wantong, activity, pictures_kept=[kept], **{f"pictures_alt_{kept}": "长" * 121})
    assert answer.status_code == 422 and "第 1 张图片的说明最多 120 个字，现在是 121 个。" in answer.text


def test_no_room_is_said_and_leaves_nothing(clients, activity, folder, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.media.storage.os.fsync", full)
    answer = send(clients("wantong"), activity, files=[("现场.jpg", photos.photo())])
    assert answer.status_code == 422 and "存不下图片" in answer.text and TITLE in answer.text
    assert count() == 0 and folder() == 0


def test_somebody_elses_upload_cannot_be_taken(clients, activity, folder):
    theirs = Picture.keep(photos.photo(), by=cast.who("baiyun"))
    attached = Picture.keep(photos.photo(), row=cast.make_activity(cast.baiyun_code()), by=cast.who("wantong"))
    send(clients("wantong"), activity, pictures_kept=[theirs.name, attached.name, "x" * 32, "../../etc/passwd"])
    assert Picture.of(the_one(activity)) == []
    assert db.session.get(Picture, theirs.id).noun == "" and db.session.get(Picture, attached.id).noun == "activity"


def test_adding_and_removing_is_a_step_that_judges_nothing(clients, activity, folder):
    """What the file input (htmx) and the buttons without scripts send: nothing typed yet, nothing saved."""
    wantong = clients("wantong")
    step = {"title": "", "body": "", "picture_step": "add"}
    answer = send(wantong, activity, files=[("一.jpg", photos.photo()), ("二.jpg", photos.photo())], **step)
    assert answer.status_code == 200 and "请写一个标题" not in answer.text and count(Feedback) == 0
    first, second = hidden(answer.text)["pictures_kept"]
    answer = send(wantong, activity, page=answer.text, title="", body="", picture_step=f"drop:{first}")
    assert hidden(answer.text)["pictures_kept"] == [second]
    answer = send(wantong, activity, page=answer.text, title="", body="", picture_step=f"drop:{second}")
    assert "pictures_kept" not in hidden(answer.text)


def test_a_bad_file_in_a_step_is_said_at_once(clients, activity, folder):
    answer = send(clients("wantong"), activity, files=[("漫画.jpg", photos.SVG)], picture_step="add", title="")
    assert answer.status_code == 422 and "漫画.jpg：" in answer.text and "请写一个标题" not in answer.text


def test_removing_one_of_a_saved_draft(clients, activity, folder):
    wantong = clients("wantong")
    send(wantong, activity, files=[("一.jpg", photos.photo()), ("二.jpg", photos.photo())])
    page = wantong.get(address(activity)).text
    first, second = hidden(page)["pictures_kept"]
    answer = send(wantong, activity, page=page, picture_step=f"drop:{first}")
    assert count() == 2, "only the form has changed"
    send(wantong, activity, page=answer.text)
    assert [picture.name for picture in Picture.of(the_one(activity))] == [second]
    assert count() == 1 and folder() == 2


def test_a_form_sent_twice_makes_one(clients, activity, folder):
    wantong = clients("wantong")
    page = wantong.get(address(activity)).text
    answers = [send(wantong, activity, page=page, files=[("现场.jpg", photos.photo())]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location and count(Feedback) == count(CreationKey) == 1
    assert len(Picture.of(the_one(activity))) == 1


def test_a_stale_form_overwrites_nothing_and_keeps_what_was_typed(clients, activity, folder):
    one, other = clients("wantong"), clients("wantong2")
    send(one, activity)
    page = other.get(address(activity)).text
    send(one, activity, title="第一位改过的标题")
    answer = send(other, activity, page=page, title="第二位的标题")
    assert answer.status_code == 409 and "别人已经改过这篇反馈" in answer.text
    assert "第二位的标题" in answer.text and "第一位改过的标题" in answer.text
    assert the_one(activity).title == "第一位改过的标题"
    assert send(other, activity, page=answer.text, title="第二位的标题").status_code == 303
    assert the_one(activity).title == "第二位的标题"


def test_a_preview_saves_nothing(clients, activity, folder):
    answer = send(clients("wantong"), activity, "preview", files=[("现场.jpg", photos.photo())])
    assert (
        answer.status_code == 200
        and "预览（还没有保存）" in answer.text
        and "<p>来了二十多位志愿者。</p>" in answer.text
    )
    assert count(Feedback) == 0 and count() == 1
    assert send(clients("wantong"), activity, "preview", title="").status_code == 422


def test_markup_and_rare_characters_stay_text(clients, activity):
    send(
        clients("wantong"),
        activity,
        "publish",
        title="<b>𠮷</b>😀",
        body='<script>alert("1")</script>\n<img src=x onerror=alert(1)>',
    )
    for page in (f"/feedback/{the_one(activity).id}", "/feedback", "/"):
        shown = clients("").get(page).text
        assert "&lt;b&gt;𠮷&lt;/b&gt;😀" in shown and "<script>alert" not in shown and "<img src=x" not in shown


def test_before_the_time_the_page_says_when(clients):
    later = cast.make_activity().id
    page = clients("wantong").get(address(later))
    assert page.status_code == 200 and "活动开始前 60 分钟起才能写反馈" in page.text and "<textarea" not in page.text
    assert clients("wantong").post(address(later), data={"title": TITLE, "body": BODY}).status_code == 409
    assert count(Feedback) == 0


def test_withdrawing_needs_a_reason_and_takes_it_from_everybody(clients, activity, folder):
    wantong, gulou, visitor = clients("wantong"), clients("gulou"), clients("")
    send(wantong, activity, "publish", files=[("现场.jpg", photos.photo())])
    feedback, picture = the_one(activity), db.session.scalars(db.select(Picture)).one()
    for reason, message in (("", "请写明撤下的原因。"), ("长" * 501, "原因最多 500 个字")):
        answer = gulou.post(f"{address(activity)}/withdrawal", data={"reason": reason})
        assert answer.status_code == 422 and message in answer.text and reason[:500] in answer.text
    assert gulou.post(f"{address(activity)}/withdrawal", data={"reason": "照片里有门牌号"}).status_code == 303
    assert visitor.get(f"/feedback/{feedback.id}").status_code == 404
    for size in ("", "-thumb"):
        assert visitor.get(f"/pictures/{picture.name}{size}.jpg").status_code == 404
        assert clients("baiyun").get(f"/pictures/{picture.name}{size}.jpg").status_code == 404
        assert wantong.get(f"/pictures/{picture.name}{size}.jpg").status_code == 200
    assert "照片里有门牌号" in wantong.get(address(activity)).text
    assert gulou.post(f"{address(activity)}/withdrawal", data={"reason": "再撤一次"}).status_code == 409
    assert send(wantong, activity).status_code == 303, "another may be begun"


def test_a_draft_cannot_be_withdrawn_and_nothing_not_at_all(clients, activity):
    wantong = clients("wantong")
    assert wantong.post(f"{address(activity)}/withdrawal", data={"reason": "有误"}).status_code == 404
    send(wantong, activity)
    assert wantong.post(f"{address(activity)}/withdrawal", data={"reason": "有误"}).status_code == 409


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("", 303),
        ("member", 403),
        ("volunteer", 403),
        ("unit", 403),
        ("baiyun", 404),
        ("far", 404),
        ("yunlong", 404),
        ("wantong", 200),
        ("huanglou", 200),
        ("gulou", 200),
        ("city", 200),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_who_reaches_it(clients, activity, folder, username, status, htmx):
    client = clients(username)
    answer = client.get(address(activity), htmx=htmx)
    assert answer.status_code == (204 if htmx and status == 303 else status)
    if status in (403, 404):
        with statements() as seen:
            sent = {"title": TITLE, "body": BODY, "pictures": [(BytesIO(photos.photo()), "a.jpg")]}
            refused = client.post(address(activity), data=sent, content_type="multipart/form-data", htmx=htmx)
            gone = client.post(f"{address(activity)}/withdrawal", data={"reason": "有误"}, htmx=htmx)
        assert (refused.status_code, gone.status_code) == (status, status) and not writes(seen)
        assert count() == 0 and folder() == 0 and count(History) == 0


def test_an_upper_level_may_act_and_the_history_says_so(clients, activity):
    send(clients("gulou"), activity, "publish")
    page = clients("wantong").get(address(activity)).text
    assert "鼓楼区区县管理员 顾楠" in page


def test_files_of_a_deleted_picture_are_gone_from_the_address(clients, activity, folder):
    wantong = clients("wantong")
    send(wantong, activity, "publish", files=[("现场.jpg", photos.photo())])
    picture = db.session.scalars(db.select(Picture)).one()
    store().delete(picture.files[0])
    assert clients("").get(f"/pictures/{picture.name}.jpg").status_code == 404
