"""Deciding on applications in the office queue: in place and without scripts, many at once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func

from app import clock
from app.db import db
from app.models import History, Volunteer
from tests import cast
from tests.applicants import URL, S, apply, card, counter, crowd, fresh, in_state

# deciding in place


def test_approving_in_place_swaps_the_row_with_undo_counters_and_words(clients):
    application = apply()
    answer = clients("wantong").post(f"{URL}/{application.id}/approval", htmx=True)
    assert answer.status_code == 200 and fresh(application).status is S.APPROVED
    assert f'id="ap-{application.id}"' in answer.text and "<html" not in answer.text
    assert re.search(r"<button[^>]*data-focus[^>]*>.*?撤销", answer.text, re.S)
    assert counter(answer.text, "pending") == "0" and counter(answer.text, "approved") == "1"
    assert 'hx-target="#status"' in answer.text and "已通过：孙丽。" in answer.text
    back = clients("wantong2").post(f"{URL}/{application.id}/undo", htmx=True)
    assert back.status_code == 200 and fresh(application).status is S.PENDING
    assert re.search(r"<button[^>]*data-focus[^>]*>通过", back.text)
    assert db.session.scalar(db.select(Volunteer).where(Volunteer.user_id == application.user_id)) is None


@pytest.mark.parametrize(("verb", "to"), [("return", S.RETURNED), ("rejection", S.REJECTED)])
def test_a_no_opens_its_reasons_in_the_row_and_takes_focus_back(clients, verb, to):
    application, client = apply(), clients("wantong")
    path = f"{URL}/{application.id}"
    asked = client.get(f"{path}/{verb}", htmx=True)
    assert asked.status_code == 200 and "<html" not in asked.text and 'name="reason"' in asked.text
    assert re.search(r'<input type="radio"[^>]*data-focus', asked.text)
    calm = client.get(f"{path}?from={verb}", htmx=True).text
    assert re.search(rf'<a class="btn[^>]*/{verb}[^>]*data-focus', calm)
    empty = client.post(f"{path}/{verb}", data={"reason": " "}, htmx=True)
    assert empty.status_code == 422 and "请写明原因" in empty.text and fresh(application).status is S.PENDING
    other = client.post(f"{path}/{verb}", data={"preset": "其他", "reason": ""}, htmx=True)
    assert other.status_code == 422
    long = client.post(f"{path}/{verb}", data={"reason": "长" * 201}, htmx=True)
    assert long.status_code == 422 and "最多 200 个字" in long.text and "长" * 201 in long.text
    done = client.post(f"{path}/{verb}", data={"reason": "请到社区<b>核实</b>"}, htmx=True)
    assert done.status_code == 200 and "请到社区&lt;b&gt;核实" in done.text
    assert fresh(application).status is to and application.decision_reason == "请到社区<b>核实</b>"


def test_a_prewritten_sentence_alone_is_enough_and_own_words_follow_it(clients):
    application = apply()
    sentence = "请补充工作单位的全称。"
    page = clients("wantong").get(f"{URL}/{application.id}/return").text
    assert sentence in page
    clients("wantong").post(f"{URL}/{application.id}/return", data={"preset": sentence, "reason": "最好附部门。"})
    assert fresh(application).decision_reason == sentence + "最好附部门。"


def test_a_sentence_that_is_not_on_the_list_is_not_taken(clients):
    application = apply()
    answer = clients("wantong").post(f"{URL}/{application.id}/return", data={"preset": "滚开", "reason": ""})
    assert answer.status_code == 422 and fresh(application).status is S.PENDING


@pytest.mark.parametrize("status", [S.APPROVED, S.RETURNED, S.REJECTED, S.WITHDRAWN])
@pytest.mark.parametrize("verb", ["approval", "return", "rejection"])
def test_what_was_decided_answers_409_with_the_present_state_in_the_row(clients, status, verb):
    application, client = in_state(status), clients("wantong2")
    path = f"{URL}/{application.id}/{verb}"
    before = db.session.scalar(db.select(func.count()).select_from(History))
    answer = client.post(path, data={"reason": "请补充"}, htmx=True)
    word = {S.APPROVED: "已通过", S.RETURNED: "退回补正", S.REJECTED: "不予通过", S.WITHDRAWN: "已撤回"}[status]
    assert answer.status_code == 409 and f'id="ap-{application.id}"' in answer.text
    assert f"这一项现在是“{word}”" in answer.text and word in answer.text and counter(answer.text, status.value) == "1"
    plain = client.post(path, data={"reason": "请补充"})
    assert plain.status_code == 409 and f"“{word}”" in plain.text and "<html" in plain.text
    assert db.session.scalar(db.select(func.count()).select_from(History)) == before
    assert fresh(application).status is status


def test_undo_after_ten_minutes_is_a_409_with_its_reason(clients):
    application = in_state(S.APPROVED)
    clock.move(timedelta(minutes=11))
    client = clients("wantong")
    answer = client.post(f"{URL}/{application.id}/undo", htmx=True)
    assert answer.status_code == 409 and "超过 10 分钟" in answer.text
    assert "/undo" not in client.get(f"{URL}?status=approved").text


def test_ones_own_application_goes_to_the_level_above(clients):
    application = apply("wantong")
    answer = clients("wantong").post(f"{URL}/{application.id}/approval", htmx=True)
    assert answer.status_code == 409 and "上一级" in answer.text
    assert clients("huanglou").post(f"{URL}/{application.id}/approval", htmx=True).status_code == 200


# without scripts


def test_everything_works_without_scripts_and_comes_back_to_the_same_list(clients):
    application, client = apply(), clients("wantong")
    here = f"{URL}?q=%E5%AD%99"
    assert f"{URL}/{application.id}/approval" in client.get(here).text
    answer = client.post(f"{URL}/{application.id}/approval", data={"next": here})
    assert (answer.status_code, answer.location) == (303, here)
    assert "已通过：孙丽。10 分钟内可在“已通过”里撤销" in client.get(here).text
    assert f"{URL}/{application.id}/undo" in client.get(f"{URL}?status=approved").text
    client.post(f"{URL}/{application.id}/undo")
    page = client.get(f"{URL}/{application.id}/return")
    assert page.status_code == 200 and "<html" in page.text and 'name="reason"' in page.text
    assert client.post(f"{URL}/{application.id}/return", data={}).status_code == 422
    assert client.post(f"{URL}/{application.id}/return", data={"reason": "请补充"}).status_code == 303
    assert fresh(application).status is S.RETURNED


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com", "javascript:alert(1)", "\\\\example.com"]
)
def test_next_leads_nowhere_else(clients, elsewhere):
    answer = clients("wantong").post(f"{URL}/{apply().id}/approval", data={"next": elsewhere})
    assert answer.location == URL


# many at once


def test_many_are_approved_at_once_and_what_was_not_done_is_said_in_words(clients):
    people = crowd(3)
    people[1].send_back(by=cast.who("wantong2"), reason="请补充")
    own = apply("wantong", id_card=card(40))
    foreign = apply(community=cast.baiyun_code(), id_card=card(41))
    ids = [one.id for one in (*people, own, foreign)]
    answer = clients("wantong").post(f"{URL}/bulk", data={"decision": "approve", "ids": ids}, htmx=True)
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", "", answer.text)
    assert (
        "已通过 2 人，3 人未处理：申请人1（这一项现在是“退回补正”，不能这样操作。可能刚被其他人处理过）；周芳（这是您本人的申请，须由上一级管理员审核）；1 份没有找到。"
        in text
    )
    assert answer.text.count('hx-target="#ap-') >= 4 and "孙丽" not in answer.text
    assert counter(answer.text, "approved") == "2"
    assert [fresh(one).status for one in (*people, own, foreign)] == [
        S.APPROVED,
        S.RETURNED,
        S.APPROVED,
        S.PENDING,
        S.PENDING,
    ]


def test_many_without_scripts_are_told_on_the_list(clients):
    people, client = crowd(2), clients("wantong")
    answer = client.post(f"{URL}/bulk", data={"decision": "approve", "ids": [one.id for one in people]})
    assert answer.status_code == 303 and "已通过 2 人。" in client.get(answer.location).text


@pytest.mark.parametrize("htmx", [False, True])
def test_many_are_sent_back_with_one_reason(clients, htmx):
    people, client = crowd(2), clients("wantong")
    data = {"decision": "return", "ids": [one.id for one in people]}
    asked = client.post(f"{URL}/bulk", data=data, htmx=htmx)
    assert asked.status_code == 200 and "申请人0" in asked.text and asked.text.count('name="ids"') == 2
    empty = client.post(f"{URL}/bulk", data={**data, "reason": ""}, htmx=htmx)
    assert empty.status_code == 422 and "请选择一个原因" in empty.text
    done = client.post(f"{URL}/bulk", data={**data, "preset": "请补充工作单位的全称。", "reason": ""}, htmx=htmx)
    assert done.status_code == (200 if htmx else 303)
    assert {fresh(one).decision_reason for one in people} == {"请补充工作单位的全称。"}


@pytest.mark.parametrize("ids", [[], ["x"], ["-1"], ["1.5"], ["99999999999999999999"], list(range(1, 103))])
def test_nobody_or_nonsense_chosen_is_a_422(clients, ids):
    application = apply()
    answer = clients("wantong").post(f"{URL}/bulk", data={"decision": "approve", "ids": ids})
    assert answer.status_code == 422 and fresh(application).status is S.PENDING


def test_one_with_a_number_in_use_does_not_stop_the_others_and_leaves_nothing_half_done(clients):
    first, second = apply(), apply(cast.make_user("twin", "双胞"))
    third = apply(cast.make_user("third3", "第三"), id_card=card(3))
    clients("wantong").post(f"{URL}/bulk", data={"decision": "approve", "ids": [first.id, second.id, third.id]})
    assert [fresh(one).status for one in (first, second, third)] == [S.APPROVED, S.PENDING, S.APPROVED]
    made = db.session.scalar(db.select(func.count()).select_from(Volunteer))
    assert made == len(cast.VOLUNTEERS) + 2


def test_deciding_needs_a_post(clients):
    path = f"{URL}/{apply().id}"
    for verb in ("approval", "undo"):
        assert clients("wantong").get(f"{path}/{verb}").status_code == 405
