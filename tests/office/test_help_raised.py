"""After two transfers the district decides; and every move leaves the asker a sentence."""

import pytest

from app.db import db
from app.models.help import sentences
from app.models.help_request import HelpRequest
from app.models.history import history_of
from app.models.message import unread_count
from app.models.pages.duties import Part, stands
from app.models.pages.duty_kinds import BY_KEY
from app.refusal import Refused
from app.timeline.help import told
from tests.cast import CITY, WANTONG, baiyun_code, volunteer_of, who
from tests.helps import S, ask, bring, close


def twice():
    """A request that was transferred there and back."""
    request = ask()
    request.transfer(baiyun_code(), by=who("wantong"), reason="住在白云")
    request.transfer(WANTONG, by=who("baiyun"), reason="不是")
    return request


def said(request):
    return [text for _, _, text, _ in told(history_of(request))]


def test_the_district_has_it_in_its_desk_and_the_community_no_longer(app, clients):
    request, why = twice(), {"reason": "两个社区都不归口"}
    url = f"/office/help/{request.id}"
    assert "报请区县决定" in clients("wantong").get(url).text
    assert clients("wantong").post(f"{url}/raising", data={"reason": ""}).status_code == 422
    assert clients("baiyun").post(f"{url}/raising", data=why).status_code == 404
    assert clients("wantong").post(f"{url}/raising", data=why).status_code == 303
    assert clients("wantong").post(f"{url}/raising", data=why).status_code == 409, "once"
    assert request.number in clients("gulou").get("/office/help?todo=raised").text
    assert request.number in clients("gulou").get("/office/").text
    for other in ("wantong", "huanglou"):
        assert request.number not in clients(other).get("/office/help?todo=help").text, other
        assert clients(other).post(f"{url}/acceptance").status_code == 409, other
    assert "由区县指定社区" in clients("wantong").get(url).text


def test_the_districts_community_is_final(app, clients):
    request = twice()
    request.hand_up(by=who("wantong"), reason="不归口")
    url = f"/office/help/{request.id}"
    where = {"community": WANTONG, "reason": "房屋在万通"}
    assert clients("gulou").post(f"{url}/transfer", data=where).status_code == 303, "also the one where it is"
    assert request.handed_up_at is None and request.number in clients("wantong").get("/office/help?todo=help").text
    for verb, more in (("raising", {}), ("transfer", {"community": baiyun_code()})):
        assert clients("wantong").post(f"{url}/{verb}", data={"reason": "不"} | more).status_code == 409
    request.accept(by=who("wantong"))
    assert request.status is S.ACCEPTED


def test_the_district_may_see_to_it_itself_or_refuse(app, clients):
    request, refused = twice(), twice()
    request.accept(by=who("wantong"))
    for one in (request, refused):
        one.hand_up(by=who("wantong"), reason="不归口")
        assert one.status is S.PENDING, "accepted or not, it waits for the district"
    refused.refuse(by=who("gulou"), reason="不属于")
    request.accept(by=who("gulou"))
    db.session.commit()
    url = f"/office/help/{request.id}"
    for verb in ("arrangement", "result"):
        facts = {"volunteers": volunteer_of("volunteer").id, "result": "社区办好了"}
        assert clients("wantong").post(f"{url}/{verb}", data=facts).status_code == 409, verb
    assert clients("gulou").post(f"{url}/result", data={"result": "区里办好了"}).status_code == 303
    with pytest.raises(Refused):
        close(request)
    close(request, by="gulou")


def test_without_a_post_over_the_district_the_city_decides(app):
    who("gulou").post.revoke(by=who("city"), reason="调离")
    db.session.commit()
    request = twice()
    request.hand_up(by=who("wantong"), reason="不归口")
    assert unread_count(who("city").id) == 1
    raised = db.select(HelpRequest.id).where(stands(BY_KEY["raised"], Part.OWN, CITY))
    assert list(db.session.scalars(raised)) == [request.id]
    request.accept(by=who("city"))


def test_only_what_was_transferred_twice_is_handed_up(app):
    with pytest.raises(Refused):
        ask().hand_up(by=who("wantong"), reason="不归口")


def test_every_move_leaves_a_sentence_for_the_asker(app, clients):
    request, staff = bring(S.PENDING), clients("wantong")
    url = f"/office/help/{request.id}"
    assert staff.post(f"{url}/acceptance", data={"sentence": "字" * 501}).status_code == 422
    assert staff.post(f"{url}/acceptance", data={"sentence": "明天上午就来。"}).status_code == 303
    assert any("明天上午就来。" in one for one in said(request))
    assert any(sentences.CLOSED in one for one in said(bring(S.CLOSED)))
    assert any(sentences.ARRANGED in one for one in said(bring(S.ARRANGED)))


def test_a_merged_one_leads_staff_to_the_other_and_tells_the_asker_its_state_only(app, clients, client):
    other, request = bring(S.ACCEPTED, name="别的求助人"), ask()
    answer = {"into": other.number, "sentence": "和邻居的一起办。"}
    assert clients("wantong").post(f"/office/help/{request.id}/merger", data=answer).status_code == 303
    assert other.number in clients("wantong").get(f"/office/help/{request.id}").text
    client.post("/help/track", data={"number": request.number, "tail": request.phone_tail})
    page = client.get("/help/track").text
    assert "和邻居的一起办。" in page and "现在是" in page and "已受理" in page
    assert other.number not in page and "别的求助人" not in page
