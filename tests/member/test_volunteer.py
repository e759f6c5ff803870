"""志愿者申请 in the member centre: the form, what is wrong with it, following, mending, leaving."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Application, Message
from app.models.volunteer import Skill, VolunteerStatus
from tests import cast
from tests.applicants import S, apply, card, form, in_state, years_ago
from tests.support.statements import statements, writes

URL = "/member/volunteer"


def mine() -> list[Application]:
    return list(db.session.scalars(db.select(Application).order_by(Application.id)))


def test_a_visitor_is_sent_to_sign_in(clients):
    assert clients("").get(URL).status_code == 303
    assert clients("").post(URL, data=form()).status_code == 303
    assert mine() == []


def test_a_member_applies_with_the_field_names_of_the_specification(clients):
    client = clients("member")
    answer = client.submit(URL, **form(skills=["law", "driving"], statement="周末有空", home_community=cast.far_code()))
    assert answer.status_code == 303
    (application,) = mine()
    assert application.status is S.PENDING and application.skill_list == [Skill.LAW, Skill.DRIVING]
    page = client.get(URL).text
    assert "待审核" in page and "最晚" in page and "提交申请" in page and "撤回申请" in page
    assert card() not in page and f"********** ****{card()[-4:]}" in page


def test_a_form_sent_twice_makes_one_application_and_answers_the_first_result(clients):
    client, key = clients("member"), "ab" * 16
    answers = [client.post(URL, data=form(key=key)) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303] and len(mine()) == 1


def test_a_second_application_while_one_is_open_is_a_409_with_the_present_state(clients):
    client = clients("member")
    client.post(URL, data=form())
    answer = client.post(URL, data=form())
    assert answer.status_code == 409 and "待审核" in answer.text and len(mine()) == 1


BAD = [
    ({"id_card": ""}, "请填写身份证号码"),
    ({"id_card": "32030219850312"}, "现在是 14 位"),
    ({"id_card": card()[:-1] + ("1" if card()[-1] != "1" else "2")}, "校验不通过"),
    ({"id_card": "32030219850230" + "0011"}, "校验不通过"),
    ({"id_card": "一" * 18}, "校验不通过"),
    ({"id_card": "<script>alert(1)</script>"}, "18 位"),
    ({"gender": None}, "请选择性别"),
    ({"gender": "male"}, "与身份证号码不符"),
    ({"gender": "x"}, "请从给出的选项中选择"),
    ({"political_status": None}, "请选择政治面貌"),
    ({"political_status": "emperor"}, "请从给出的选项中选择"),
    ({"employment": None}, "请选择就业状况"),
    ({"employment": "9"}, "请从给出的选项中选择"),
    ({"community": None}, "请选择服务社区"),
    ({"community": cast.HUANGLOU}, "请选择到社区"),
    ({"community": "110101001001"}, "没有这个地方"),
    ({"community": "' OR 1=1 --"}, "没有这个地方"),
    ({"home_community": "999999999999"}, "没有这个地方"),
    ({"work_unit": None, "unit_other": None}, "请选择工作单位"),
    ({"work_unit": "other", "unit_other": ""}, "请写明工作单位"),
    ({"work_unit": "other", "unit_other": "长" * 81}, "最多 80 个字"),
    ({"work_unit": "999999"}, "请从单位名单中选择"),
    ({"work_unit": "99999999999999999999", "unit_other": ""}, "请从单位名单中选择"),
    ({"skills": ["flying"]}, "请从给出的选项中选择"),
    ({"statement": "长" * 501}, "最多 500 个字，现在是 501 个"),
    ({"guardian_name": "长" * 41}, "最多 40 个字"),
    ({"guardian_phone": "12345"}, "现在是 5 位"),
    ({"consent": None}, "请阅读并勾选同意"),
    ({"id_card": card(born=years_ago(15))}, "请填写监护人姓名"),
]


@pytest.mark.parametrize(("changes", "words"), BAD)
def test_bad_input_is_answered_at_its_field_keeps_what_was_typed_and_changes_nothing(clients, changes, words):
    client = clients("member")
    answer = client.post(URL, data=form(**({"statement": "请留下我"} | changes)))
    assert answer.status_code == 422 and words in answer.text, answer.text[-3000:]
    assert 'class="errsum"' in answer.text and "错误：" in answer.text
    if "statement" not in changes:
        assert "请留下我" in answer.text
    assert mine() == [] and "<script>alert" not in answer.text


@pytest.mark.parametrize("text", ["𠮷田👨‍👩‍👧", "<b onclick=alert(1)>周末</b>", "' OR 1=1 --", "=cmd|' /C calc'!A0"])
def test_rare_characters_and_markup_are_plain_text(clients, text):
    client = clients("member")
    assert client.post(URL, data=form(statement=text, unit_other="𠮷𠮷有限公司")).status_code == 303
    page = client.get(URL).text
    assert "𠮷𠮷有限公司" in page and "<b onclick" not in page


def test_the_typed_number_stays_after_a_mistake_a_stored_one_is_never_shown(clients):
    client = clients("member")
    assert card() in client.post(URL, data=form(consent=None)).text
    client.post(URL, data=form())
    in_queue = mine()[0]
    in_queue.send_back(by=cast.who("wantong"), reason="请补充单位")
    page = client.get(f"{URL}/resubmission").text
    assert card() not in page and f"已保存尾号 {card()[-4:]}" in page


def test_a_known_number_in_use_says_ask_the_community(clients):
    in_state(S.APPROVED, "second", id_card=card(7))
    answer = clients("member").post(URL, data=form(id_card=card(7)))
    assert answer.status_code == 422 and "请联系社区核实" in answer.text


def test_choosing_a_region_without_scripts_keeps_everything_and_judges_nothing(clients):
    client = clients("member")
    typed = form(community=None, community_q="万通", region_step="community:q", statement="请留下我", consent=None)
    answer = client.post(URL, data=typed)
    assert answer.status_code == 200 and f'value="{cast.WANTONG}"' in answer.text
    assert "请留下我" in answer.text and "errsum" not in answer.text and mine() == []


def test_who_was_sent_back_reads_why_mends_and_hands_in_again(clients):
    application = in_state(S.RETURNED)
    client = clients("member")
    page = client.get(URL).text
    assert "请补充工作单位" in page and "万通社区社区管理员 周芳" in page
    form_page = client.get(f"{URL}/resubmission")
    assert 'value="徐州某学校"' in form_page.text and re.search(
        r'value="party"[^>]*checked|checked[^>]*value="party"', form_page.text
    )
    clock.move(timedelta(days=5))
    client = clients("member")
    answer = client.post(f"{URL}/resubmission", data=form(id_card=None, unit_other="徐州第二学校"))
    assert answer.status_code == 303
    db.session.refresh(application)
    assert application.status is S.PENDING and application.unit_other == "徐州第二学校"
    assert application.id_card == card() and application.due_at > clock.now()


@pytest.mark.parametrize("status", [S.PENDING, S.APPROVED, S.REJECTED, S.WITHDRAWN])
def test_only_what_was_sent_back_can_be_handed_in_again(clients, status):
    in_state(status)
    assert clients("member").post(f"{URL}/resubmission", data=form()).status_code == 409


@pytest.mark.parametrize("status", S)
def test_only_an_open_application_can_be_withdrawn(clients, status):
    application = in_state(status)
    answer = clients("member").post(f"{URL}/withdrawal")
    db.session.refresh(application)
    opened = status in (S.PENDING, S.RETURNED)
    assert answer.status_code == (303 if opened else 409)
    assert application.status is (S.WITHDRAWN if opened else status)


@pytest.mark.parametrize("status", [S.REJECTED, S.WITHDRAWN])
def test_a_new_application_after_a_no_begins_with_what_is_known(clients, status):
    in_state(status)
    client = clients("member")
    assert "重新申请" in client.get(URL).text
    assert 'value="徐州某学校"' in client.get(f"{URL}/new").text
    assert client.post(URL, data=form(id_card=None)).status_code == 303 and len(mine()) == 2


def test_changing_community_is_an_application_and_the_old_membership_is_said_to_hold(clients):
    in_state(S.APPROVED)
    client = clients("member")
    page = client.get(f"{URL}/new").text
    assert "您仍是鼓楼区 · 黄楼街道 · 万通社区的志愿者" in page
    assert client.post(URL, data=form(id_card=None, community=cast.baiyun_code())).status_code == 303
    assert "您仍是鼓楼区 · 黄楼街道 · 万通社区的志愿者" in client.get(URL).text
    assert client.post(URL, data=form(id_card=None)).status_code == 409


def test_a_change_of_nothing_is_refused_at_its_field(clients):
    in_state(S.APPROVED)
    answer = clients("member").post(URL, data=form(id_card=None))
    assert answer.status_code == 422 and "完全相同" in answer.text


def test_the_message_of_an_approval_waits_ten_minutes_but_the_page_tells_at_once(clients):
    in_state(S.APPROVED)
    client = clients("member")
    assert "服务中" in client.get(URL).text
    assert list(db.session.scalars(Message.inbox(cast.who("member").id))) == []


def test_pausing_needs_a_reason_and_resuming_none(clients):
    client = clients("volunteer")
    answer = client.post(f"{URL}/pause", data={"reason": " "})
    assert answer.status_code == 422 and "请写明原因" in answer.text
    assert client.post(f"{URL}/pause", data={"reason": "长" * 501}).status_code == 422
    assert client.post(f"{URL}/pause", data={"reason": "出差"}).status_code == 303
    assert cast.volunteer_of("volunteer").status is VolunteerStatus.PAUSED
    assert client.post(f"{URL}/pause", data={"reason": "出差"}).status_code == 409
    assert client.post(f"{URL}/resumption").status_code == 303
    assert client.post(f"{URL}/resumption").status_code == 409


def test_leaving_needs_no_reason_and_can_be_followed_by_a_new_application(clients):
    client = clients("volunteer")
    assert client.post(f"{URL}/departure").status_code == 303
    assert cast.volunteer_of("volunteer").status is VolunteerStatus.LEFT
    page = client.get(URL).text
    assert "您已注销志愿者身份" in page and "重新申请" in page
    assert client.post(URL, data=form(id_card=card(9))).status_code == 303


def test_who_is_no_volunteer_can_neither_pause_nor_leave(clients):
    for what in ("pause", "resumption", "departure"):
        assert clients("member").post(f"{URL}/{what}", data={"reason": "x"}).status_code == 409


def test_looking_writes_nothing_and_costs_the_same_after_many_applications(clients):
    client = clients("member")
    with statements() as empty:
        client.get(URL)
    for n in range(6):
        apply(id_card=card(n)).withdraw(by=cast.who("member"))
    client.get(URL)
    with statements() as full:
        client.get(URL)
    assert writes(empty) == [] == writes(full)
    assert len(full) <= 7, full  # the seventh asks what was brought in for the person (tests/test_statements.py)


def test_a_stranger_sees_nothing_of_it(clients):
    apply(statement="只有我和社区能看到")
    for name in ("volunteer", "second", ""):
        assert "只有我和社区能看到" not in clients(name).get(URL).text
