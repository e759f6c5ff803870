"""/office/activities/<id>/attendance: the checklist, by its pages and fragments."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Post, ServiceRecord
from app.models.attendance import mark
from app.models.signup import Attendance, SignUpStatus
from app.models.user import Role
from tests import cast
from tests.rollcall import admitted, assert_figures_true, at, crowd, live, running, signup_activity, tick
from tests.support.statements import statements, writes


@pytest.fixture
def activity(app):
    return running()


@pytest.fixture
def li_jing(activity):
    return admitted(activity, cast.volunteer_of("volunteer"))


def test_the_list_shows_everybody_by_pinyin_with_unit_and_last_digits(clients, activity):
    for name in ("third", "volunteer", "second", "guest"):
        admitted(activity, cast.volunteer_of(name))
    admitted(activity, cast.make_volunteer(cast.make_user("waiting", "候补人")), SignUpStatus.WAITING)
    page = clients("wantong").get(at(activity)).text
    assert re.findall(r"<b>(\w+)</b><small>", page) == ["陈晨", "李静", "王建国", "赵敏"]
    assert "徐州市第一测试中学" in page
    assert '<span class="num">0004</span>' in page
    assert "在职党员" not in page, "the host of a guest sees name, unit and last four digits"
    assert "0 / 4" in re.sub(r"<[^>]+>", "", page).replace("\n", "") or "/ 4 人" in page


def test_a_tick_by_htmx_answers_the_row_and_the_counters_only(clients, activity, li_jing):
    people = crowd(activity, 20)
    client = clients("wantong")
    answer = tick(client, li_jing)
    assert answer.status_code == 200
    assert answer.text.count('class="tick ') == 1
    assert f'id="a-{li_jing.id}"' in answer.text
    assert 'aria-checked="true"' in answer.text
    assert 'id="meter"' in answer.text
    assert "1<small> / 21 人" in answer.text
    assert people[0].id
    assert len(answer.text) < 0.25 * len(client.get(at(activity)).text)
    assert [record.minutes for record in live(activity)] == [120]
    again = tick(client, li_jing)
    assert again.status_code == 200
    assert len(live(activity)) == 1
    assert tick(client, li_jing, "0").status_code == 200
    assert tick(client, li_jing, "0").status_code == 200
    assert live(activity) == []
    assert "is-leave" in tick(client, li_jing, "leave").text
    assert_figures_true()


def test_without_scripts_the_same_form_comes_back_to_the_row(clients, li_jing):
    answer = tick(clients("wantong"), li_jing, htmx=False)
    assert answer.status_code == 303
    assert answer.location.endswith(f"/attendance#a-{li_jing.id}")
    assert li_jing.attendance is Attendance.PRESENT


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"attended": "2"}, "attended", "请选择已到"),
        ({"attended": ""}, "attended", "请选择已到"),
        ({}, "attended", "请选择已到"),
        ({"attended": "1", "minutes": "两小时"}, "minutes", "整数"),
        ({"attended": "1", "minutes": "-5"}, "minutes", "整数"),
        ({"attended": "1", "minutes": "1.5"}, "minutes", "整数"),
        ({"attended": "1", "minutes": "0"}, "minutes", "大于 0"),
        ({"attended": "1", "minutes": "999999"}, "minutes", "最多"),
        ({"attended": "1", "minutes": "9" * 40}, "minutes", "整数"),
        ({"attended": "1", "minutes": "181"}, "reason", "写明原因"),
        ({"attended": "1", "minutes": "181", "reason": "x" * 501}, "reason", "500"),
    ],
)
def test_bad_input_is_422_at_its_field_and_changes_nothing(clients, li_jing, fields, field, message, htmx):
    client = clients("wantong")
    answer = client.post(at(signup_activity(li_jing), li_jing.id), data=fields, htmx=htmx)
    assert answer.status_code == 422
    assert message in answer.text
    assert f'id="{field}-e"' in answer.text
    for name in ("minutes", "reason"):
        assert fields.get(name, "") in answer.text, "what was typed stays"
    assert (li_jing.attendance, live(signup_activity(li_jing))) == (Attendance.UNKNOWN, [])


def test_full_width_digits_are_digits(clients, li_jing):
    assert tick(clients("wantong"), li_jing, minutes="９０").status_code == 200
    assert li_jing.minutes == 90


def test_a_sign_up_of_another_activity_is_not_here(clients, activity, li_jing):
    other = running()
    for method in ("get", "post"):
        for htmx in (True, False):
            answer = getattr(clients("wantong"), method)(at(other, li_jing.id), htmx=htmx)
            assert answer.status_code == 404
    assert clients("wantong").post(at(activity, 99999), data={"attended": "1"}).status_code == 404


NEIGHBOURLY = [
    "",
    "/rest",
    "/rest/undo",
    "/completion",
    "/walk-ins",
    "/walk-ins/search",
    "/sheet",
    "/{id}",
    "/{id}/row",
]


@pytest.mark.parametrize("username", ["baiyun", "yunlong"])
@pytest.mark.parametrize("path", NEIGHBOURLY)
def test_the_neighbour_meets_a_404(clients, activity, li_jing, path, username):
    client = clients(username)
    for htmx in (False, True):
        for method in ("get", "post"):
            with statements() as seen:
                answer = getattr(client, method)(at(activity) + path.format(id=li_jing.id), htmx=htmx)
            assert answer.status_code in (404, 405), (method, path)
            assert not writes(seen)
    assert client.get(at(activity) + path.format(id=li_jing.id)).status_code in (404, 405)
    assert "李静" not in client.get("/office/").text


@pytest.mark.parametrize(
    ("username", "status"), [("", 303), ("member", 403), ("volunteer", 403), ("unit", 403), ("huanglou", 200)]
)
def test_who_may_come_to_the_desk(clients, activity, username, status):
    assert clients(username).get(at(activity)).status_code == status


def test_an_overlapping_tick_is_409_and_names_the_other(clients, activity, li_jing):
    other = admitted(running(title="文明交通"), cast.volunteer_of("volunteer"))
    client = clients("wantong")
    tick(client, other)
    answer = tick(client, li_jing)
    assert answer.status_code == 409
    assert "文明交通" in answer.text
    assert answer.headers["HX-Retarget"] == "#alert"
    assert tick(client, li_jing, htmx=False).status_code == 409


def test_ones_own_attendance_goes_one_level_up(clients, activity):
    own = admitted(activity, cast.make_volunteer(cast.who("wantong")))
    page = clients("wantong").get(at(activity)).text
    assert "由上级确认" in page
    assert re.search(rf'id="a-{own.id}-b"[^>]* disabled', page)
    assert tick(clients("wantong"), own).status_code == 409
    assert tick(clients("wantong2"), own).status_code == 409
    assert tick(clients("gulou"), own).status_code == 200
    assert "上一级" in clients("wantong").get(at(activity, own.id)).text


def test_who_becomes_a_colleague_is_closed_in_the_row_at_once_and_open_when_the_post_ends(clients, activity, li_jing):
    client, row = clients("wantong"), at(activity, li_jing.id, "row")

    def closed():
        return "由上级确认" in client.get(row, htmx=True).text

    assert not closed()
    code = cast.who("wantong").posts[0].region_code
    post = Post.grant(cast.who("volunteer"), Role.COMMUNITY, code, by=None)
    db.session.commit()
    assert closed() and tick(client, li_jing).status_code == 409
    post.end(clock.today(), by=None, reason="期满")
    db.session.commit()
    assert closed()
    clock.move(timedelta(days=1))
    assert tick(clients("wantong"), li_jing).status_code == 200
    client = clients("wantong")
    assert not closed()


def test_a_row_that_one_post_has_opened_stays_closed_to_another(clients, activity, li_jing):
    row = at(activity, li_jing.id, "row")
    assert clients("wantong").get(row, htmx=True).status_code == 200
    assert clients("baiyun").get(row, htmx=True).status_code == 404
    assert clients("wantong").get(at(activity)).status_code == 200
    assert clients("baiyun").get(at(activity)).status_code == 404
    elsewhere = at(running(title="文明交通"), li_jing.id, "row")
    assert clients("wantong").get(elsewhere, htmx=True).status_code == 404


def test_find_by_name_initials_or_last_four_digits_and_by_state(clients, activity, li_jing):
    for name in ("second", "third", "guest"):
        admitted(activity, cast.volunteer_of(name))
    mark(li_jing, "1", by=cast.who("wantong"))
    client = clients("wantong")

    def found(query):
        answer = client.get(at(activity) + "?" + query, htmx=True)
        assert answer.status_code == 200
        assert "<html" not in answer.text
        return re.findall(r"<b>(\w+)</b><small>", answer.text)

    assert found("q=李") == ["李静"]
    assert found("q=WJG") == ["王建国"]
    assert found("q=0003") == ["陈晨"]
    assert found("q=%25") == []
    assert found("state=present") == ["李静"]
    assert found("state=unknown") == ["陈晨", "王建国", "赵敏"]
    assert found("state=unknown&q=z") == ["赵敏"]
    assert client.get(at(activity) + "?state=late").status_code == 422
    assert client.get(at(activity) + "?state=+").status_code == 200  # spaces choose nothing
    assert client.get(at(activity) + "?q=" + "长" * 51).status_code == 422
    assert "没有这样的人" in client.get(at(activity) + "?q=无此人").text


def test_all_the_rest_with_undo(clients, activity, li_jing):
    crowd(activity, 3)
    own = admitted(activity, cast.make_volunteer(cast.who("wantong")))
    client = clients("wantong")
    assert "把其余 5 人都记为已到" in client.get(at(activity)).text
    answer = client.post(at(activity, "rest"))
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "已把 4 人记为已到" in page
    assert "没有记上：周芳" in page
    rest = re.search(r'name="rest" value="(\d+)"', page).group(1)
    assert client.post(at(activity, "rest/undo"), data={"rest": rest}).status_code == 303
    assert own.attendance is li_jing.attendance is Attendance.UNKNOWN
    for again in (rest, "", "abc", "9" * 17, "9" * 99, "-1"):
        assert client.post(at(activity, "rest/undo"), data={"rest": again}).status_code == 409
        assert client.get(at(activity) + f"?rest={again}").status_code == 200
    assert_figures_true()


def test_a_sign_up_that_is_not_admitted_answers_409_with_its_state(clients, activity):
    asking = admitted(activity, cast.volunteer_of("volunteer"), SignUpStatus.DECLINED)
    assert "未录用" in tick(clients("wantong"), asking).text
    assert tick(clients("wantong"), asking).status_code == 409
    assert clients("wantong").get(at(activity, asking.id)).status_code == 404


def test_a_walk_in_is_found_and_added_by_the_key_of_the_search(clients, activity):
    client = clients("wantong")
    search, add = at(activity, "walk-ins/search"), at(activity, "walk-ins")
    page = client.post(search, data={"q": "13800000004"}, htmx=True).text
    assert "赵同志" in page
    assert "赵敏" not in page
    key = re.search(r'name="who" value="([^"]+)"', page).group(1)
    for wrong in ("", key[:-2] + "xx", "WzEsMSwxXQ"):
        assert client.post(add, data={"who": wrong}).status_code == 409
    assert clients("wantong2").post(add, data={"who": key}).status_code == 409, "somebody else's search"
    answer = client.post(add, data={"who": key})
    assert answer.status_code == 303
    assert client.post(add, data={"who": key}).status_code == 303, "twice is harmless"
    [record] = db.session.scalars(db.select(ServiceRecord))
    assert record.volunteer_id == cast.volunteer_of("guest").id
    assert "现场补录" in client.get(at(activity)).text
    assert "已在名单上" in client.post(search, data={"q": "13800000004"}).text
    for empty in ("", "   ", "长" * 51):
        assert client.post(search, data={"q": empty}).status_code == 422
    assert "没有找到" in client.post(search, data={"q": "赵敏"}).text
    assert "李静" in client.post(search, data={"q": "李静"}).text
    assert_figures_true()


def test_the_paper_has_everybody_and_lines_for_walk_ins(clients, activity, li_jing):
    crowd(activity, 30)
    page = clients("wantong").get(at(activity, "sheet")).text
    assert "签到表" in page
    assert page.count("<tr>") == 1 + 31 + 6
    assert page.count("<td>补</td>") == 6


def test_a_list_of_more_than_three_hundred_goes_on_to_the_next_page(clients, activity):
    crowd(activity, 303)
    client = clients("wantong")
    first = client.get(at(activity)).text
    assert first.count('class="tick"') == 300
    following = re.search(r'rel="next" href="([^"]+)"', first).group(1).replace("&amp;", "&")
    second = client.get(following).text
    assert second.count('class="tick"') == 3


def test_statements_do_not_grow_with_the_list(clients, activity, li_jing):
    client, list_, row = clients("wantong"), at(activity), at(activity, li_jing.id)
    counts = {}
    for wanted in ("1", "0"):  # as later: somebody who was ticked before, and the small dictionaries are filled
        client.post(row, data={"attended": wanted}, htmx=True)
        client.get(row, htmx=True)
    for number in (10, 90):
        crowd(activity, number, prefix=f"c{number}-")
        db.session.commit()
        for what, act in {
            "list": lambda: client.get(list_),
            "search": lambda: client.get(list_ + "?q=人", htmx=True),
            "tick": lambda: client.post(row, data={"attended": "1"}, htmx=True),
            "nothing new": lambda: client.post(row, data={"attended": "1"}, htmx=True),
            "un-tick": lambda: client.post(row, data={"attended": "0"}, htmx=True),
            "card": lambda: client.get(row, htmx=True),
            "paper": lambda: client.get(list_ + "/sheet"),
        }.items():
            with statements() as seen:
                assert act().status_code == 200
            counts.setdefault(what, []).append(len(seen))
        with statements() as seen:
            rest = client.post(list_ + "/rest")
        counts.setdefault("rest", []).append(len(seen))
        moment = re.search(r"rest=(\d+)", rest.location).group(1)
        with statements() as seen:
            client.post(list_ + "/rest/undo", data={"rest": moment})
        counts.setdefault("undo", []).append(len(seen))
    assert {what: both for what, both in counts.items() if both[0] != both[1]} == {}
    # with the message, the change of the city's sums, and the generation that keeps visitors' pages true
    over = (
        clock.day(activity.starts_at).month != clock.today().month
    )  # in the night to the first: that month's generation too
    limits = {"list": 6, "search": 6, "tick": 16 + over, "nothing new": 7, "un-tick": 16 + over}
    assert all(counts[what][0] <= limit for what, limit in limits.items()), counts
