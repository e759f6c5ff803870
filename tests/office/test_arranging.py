"""安排志愿者: who is suggested for a request and why, and who is found by name."""

import re
from datetime import timedelta

import pytest

from app import clock
from app.blueprints.office import help_moves
from app.db import db
from app.models import Assignment, Region
from app.models.help.suggestions import suggest
from app.models.volunteer import Skill, Volunteer, VolunteerSkill
from tests.cast import WANTONG, baiyun_code, make_activity, volunteer_of, who
from tests.helps import A, S, bring, offer
from tests.signups import join


def path(request, *rest):
    """The request's address in the office."""
    return "/".join([f"/office/help/{request.id}", *rest])


@pytest.fixture
def wantong(clients):
    return clients("wantong")


def suggested(request):
    found = suggest(request, lambda: db.select(Volunteer), None)
    return [(one.name, [text for text, _ in one.reasons]) for one in found]


def test_a_skill_comes_before_none_and_each_says_why(app):
    request = bring(S.ACCEPTED)
    db.session.add(VolunteerSkill(volunteer_id=volunteer_of("third").id, skill=Skill.REPAIR))
    db.session.flush()
    names = [name for name, _ in suggested(request)]
    assert names == ["陈晨", "李静", "王建国"], "赵敏 serves elsewhere"
    assert suggested(request)[0][1] == ["本社区志愿者", "特长：水电维修", "还没有请过"]


def test_whoever_is_busy_that_day_or_was_asked_lately_comes_later(app):
    tomorrow = clock.today() + timedelta(days=1)
    request = bring(S.ACCEPTED, wanted_on=tomorrow)
    join("volunteer", make_activity())
    offer(bring(S.ACCEPTED), "second")
    found = dict(suggested(request))
    assert list(found) == ["陈晨", "王建国", "李静"]
    assert "那天已有别的安排" in found["李静"] and "那天没有别的安排" in found["陈晨"]
    assert any(text.startswith("上次请到") for text in found["王建国"])


def test_whoever_pauses_or_was_asked_for_it_already_is_left_out(app):
    request = bring(S.ACCEPTED)
    volunteer_of("third").pause(by=who("third"), reason="出差")
    offer(request, "second")
    assert [name for name, _ in suggested(request)] == ["李静"]


def test_who_declined_this_request_comes_last_and_says_so(app):
    request = bring(S.ACCEPTED)
    other = bring(S.ACCEPTED)
    offer(request, "volunteer")[0].decline(by=who("volunteer"))
    assert suggested(request)[-1][0] == "李静" and suggested(request)[-1][1][-1] == "婉拒过这件求助"
    assert not any("婉拒" in text for _, reasons in suggested(other) for text in reasons), "of this request alone"
    assert offer(request, "volunteer")[0].status is A.OFFERED, "may be asked once more, and say no again"


def test_people_of_a_community_that_was_merged_are_its_successors(app):
    volunteer_of("guest").locate(baiyun_code())
    db.session.commit()
    request = bring(S.ACCEPTED)
    assert "赵敏" not in dict(suggested(request))
    db.session.get_one(Region, baiyun_code()).merge(WANTONG, by=who("city"))
    db.session.commit()
    assert "本社区志愿者" in dict(suggested(request))["赵敏"]


def test_a_region_in_the_address_narrows_who_is_found(clients):
    at, city = path(bring(S.ACCEPTED), "arrangement"), clients("city")
    for region, is_found in ((WANTONG, True), (WANTONG[:6], True), (baiyun_code(), False)):
        assert ("王建国" in city.get(at, query_string={"q": "王", "region": region}).text) is is_found, region
    assert city.get(at, query_string={"q": "王", "region": "9999"}).status_code == 422


def test_others_are_found_by_name_inside_ones_scope(wantong, clients):
    request = bring(S.ACCEPTED)
    assert "赵敏" not in wantong.get(path(request, "arrangement"), query_string={"q": "赵"}).text
    assert "赵敏" in clients("city").get(path(request, "arrangement"), query_string={"q": "赵"}).text
    guest = volunteer_of("guest").id
    wantong.post(path(request, "arrangement"), data={"volunteers": [guest]})
    assert db.session.scalar(db.select(db.func.count()).select_from(Assignment)) == 0, "out of 万通's reach"


def test_who_was_found_by_name_stays_ticked_where_a_word_is_missing(clients):
    at, guest = path(bring(S.ACCEPTED), "arrangement"), volunteer_of("guest").id
    page = clients("city").get(at, query_string={"q": "赵"}).text
    action = re.search(r'method="post" action="([^"]+arrangement[^"]*)"', page).group(1)
    wrong = clients("city").post(action, data={"volunteers": [guest], "sentence": "字" * 501})
    assert wrong.status_code == 422 and f'value="{guest}" checked' in wrong.text


def test_where_many_are_called_so_some_are_compared_and_the_page_says_it(clients, monkeypatch):
    at, city = path(bring(S.ACCEPTED), "arrangement"), clients("city")
    monkeypatch.setattr(help_moves, "NAMED", 1)
    for words in ("王", "wjg"):
        found = city.get(at, query_string={"q": words}).text
        assert "王建国" in found and "写得更完整" not in found
    who("third").name = "王晨"
    db.session.commit()
    found = city.get(at, query_string={"q": "王"}).text
    assert "王晨" in found and "王建国" not in found and "写得更完整" in found
    long = city.get(at, query_string={"q": "王" * 51})
    assert long.status_code == 422 and "最多 50 个字" in long.text and "推荐的志愿者" in long.text
