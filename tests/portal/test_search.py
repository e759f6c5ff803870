"""The search over everything: it finds what every public list shows, and nothing else."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import unquote

import pytest

from app import clock, freshness
from app.db import db
from app.models import Honour, Notice, Professional, ProfessionalGroup
from app.models.activity import ActivityStatus
from app.models.help.states import HelpStatus
from app.models.honour import HonourStatus
from app.models.pages.site_search import hits, totals
from app.models.public_case import hide
from app.models.report import ReportStatus
from app.text import excerpt, marked
from tests import cast
from tests.helps import bring
from tests.honours import announced, candidate
from tests.portal_feedback import published
from tests.reports import reported
from tests.showcases import make_base, make_team
from tests.support.statements import statements

KINDS = {"activities", "help", "feedback", "reports", "teams", "bases", "professionals", "stars", "notices"}
R = ReportStatus


def case(title):
    """A closed case with this title on the portal."""
    request = bring(HelpStatus.DONE)
    request.close(by=cast.who("wantong"), result="好了", title=title, summary="志愿者上门修好了，老人很满意。")
    return request


def professional(name, username, *, agreed=True, group=None):
    """A member of an association who is called like this."""
    volunteer = cast.volunteer_of(username)
    cast.who(username).call(name)
    group = group or ProfessionalGroup.found(f"第{username}协会", "", "", 0, by=None)
    member = Professional.add(group, volunteer, "法律咨询", "示例事务所", "执业证", by=None)
    if agreed:
        member.agree(by=cast.who(username))
    return member


def notice(title, at=None):
    """A published notice."""
    made = Notice.draft(title, "正文在这里。", "市委组织部", at, by=None)
    made.publish(by=None)
    return made


def show_one_of_each(word):
    """A visible row of every kind with the word in it."""
    cast.make_activity(title=f"{word}护绿")
    case(f"{word}花园的水管修好了")
    published(title=f"种{word}", pictures=0)
    reported(R.PUBLISHED, title=f"我和{word}")
    make_team(name=f"{word}服务队")
    make_base(name=f"{word}书屋")
    professional(f"{word}李", "second")
    star = announced("volunteer")
    star.reason = f"在{word}小区服务了三个月，邻里有口皆碑。"
    notice(f"{word}节安排")
    db.session.flush()


def hide_one_of_each(word):
    """Rows of every kind with the word in them, in every state that the portal does not show."""
    for status in (ActivityStatus.DRAFT, ActivityStatus.CANCELLED):
        cast.make_activity(title=f"{word}活动", status=status)
    hide(case(f"{word}的求助已经撤下"))
    bring(HelpStatus.DONE, content=f"{word}家里漏水，希望来修")
    published(title=f"{word}撤下", pictures=0).withdraw(by=cast.who("wantong"), reason="错了")
    for status in R:
        if status is not R.PUBLISHED:
            reported(status, title=f"{word}上报{status.value}")
    make_team(name=f"{word}队").close(by=None, reason="合并")
    make_base(name=f"{word}基地").close(by=None, reason="翻修")
    ProfessionalGroup.found(f"{word}协会", "", "", 0, by=None).close(by=None, reason="停用")
    professional(f"{word}王", "second", agreed=False)
    professional(f"{word}陈", "third").decline(by=cast.who("third"))
    star = candidate("volunteer")
    star.reason = f"{word}小区的候选人，做了很多事情。"
    revoked = Honour(quarter=star.quarter, kind=star.kind, volunteer_id=cast.volunteer_of("guest").id)
    revoked.reason, revoked.status = f"{word}已经撤销", HonourStatus.REVOKED
    revoked.locate(cast.WANTONG)
    db.session.add(revoked)
    Notice.draft(f"{word}草稿", "", "", None, by=None)
    notice(f"{word}预告", clock.now() + timedelta(days=1))
    notice(f"{word}撤下").withdraw(by=None, reason="错了")
    db.session.flush()


def found(answer):
    """(address, title) of every result."""
    rows = re.findall(r'<h3><a href="([^"]+)">(.*?)</a></h3>', answer.text)
    return [(unescape(url), re.sub("<[^>]+>", "", title)) for url, title in rows]


def test_a_word_of_two_characters_finds_every_kind_and_each_result_opens(client):
    show_one_of_each("梧桐")
    answer = client.get("/search?q=梧桐")
    assert answer.status_code == 200 and "找到 <b" in answer.text
    results = found(answer)
    assert {url.split("/")[1] for url, _ in results} == KINDS and len(results) == len(KINDS)
    assert answer.text.count("<mark>梧桐</mark>") == len(KINDS)
    for url, title in results:
        assert title in client.get(url).text, url
    assert [title for _, title in found(client.get("/search?q=梧桐&kind=teams"))] == ["梧桐服务队"]
    assert found(client.get("/search?q=梧桐 护绿")) == [(results[0][0], "梧桐护绿")]
    part = client.get("/search?q=梧桐", htmx=True).text
    assert found(client.get("/search?q=梧桐")) == results and "<html" not in part and 'id="results"' in part


def test_nothing_hidden_is_found_by_anybody(client, clients):
    hide_one_of_each("昙花")
    db.session.commit()
    assert not any(totals("昙花").values()) and hits("昙花", KINDS, 50) == {}
    for reader in (client, clients("wantong"), clients("volunteer")):
        answer = reader.get("/search?q=昙花")
        assert answer.status_code == 200 and "没有找到“<b>昙花</b>”" in answer.text and not found(answer)
        assert "换个说法试试" in answer.text and "/sitemap" in answer.text


def test_a_star_leaves_with_its_revocation_and_a_notice_comes_with_its_moment(client):
    star, coming = announced("volunteer"), notice("木槿花开", clock.now() + timedelta(hours=1))
    star.reason = "木槿小区的热心人，三个月从不缺席。"
    db.session.flush()
    assert totals("木槿")["stars"] == 1 and totals("木槿")["notices"] == 0
    star.revoke(by=cast.who("city"), reason="有异议")
    clock.move(timedelta(minutes=61))
    assert totals("木槿")["stars"] == 0 and [url for url, _ in found(client.get("/search?q=木槿"))] == [
        f"/notices/{coming.id}"
    ]


def test_five_of_a_kind_and_the_way_to_its_own_list_which_shows_as_many(client):
    for n in range(7):
        start = clock.now() + timedelta(days=n - 2, hours=1)
        cast.make_activity(title=f"紫薇{n}", starts_at=start)
        make_team(name=f"紫薇{n}队")
        professional(f"紫薇{n}", "second") if n == 0 else None
    answer = client.get("/search?q=紫薇")
    assert [title for _, title in found(answer)][:5] == ["紫薇2", "紫薇3", "紫薇4", "紫薇5", "紫薇6"]
    assert answer.text.count("看全部 7") == 2
    for onward in re.findall(r'href="(/(?:activities|teams)\?q=[^"]+)"', answer.text):
        assert "紫薇" in unquote(onward)
        assert re.search(r'找到 <b class="num">7</b>', client.get(onward).text)
    chosen = client.get("/search?q=紫薇&kind=activities")
    assert [title for _, title in found(chosen)][5:] == ["紫薇1", "紫薇0"] and chosen.text.count("已结束") == 2
    assert [number for number in totals("紫薇").values() if number] == [7, 7, 1]


def test_the_help_pages_are_found_at_their_anchor(client):
    answer = client.get("/search?q=一次性密码")
    (url, title) = found(answer)[0]
    assert url == "/guide#login" and 'id="login"' in client.get("/guide").text and title == "登录会员中心"


def test_what_nobody_would_type_gets_a_clean_answer(client):
    cast.make_activity(title="百分之一百")
    for words in ("%", "_", "\\", "'", '"><i>', "%25", "\u200b", "\x00", "a\nb", " ", "（", "[", "😀", "NULL"):
        answer = client.get("/search", query_string={"q": words})
        assert answer.status_code == 200 and "百分之一百" not in answer.text, words
    assert '"><i>' not in client.get("/search", query_string={"q": '"><i>'}).text
    for wrong, message in (("长" * 51, "最多 50 个字"), ("一 二 三 四 五 六 七", "一次最多 6 个词")):
        answer = client.get("/search", query_string={"q": wrong})
        assert answer.status_code == 422 and message in answer.text and wrong in answer.text
    assert client.get("/search?q=水管&kind=nothing").status_code == 422
    assert client.get("/search?q=" + "%ff%fe").status_code == 200
    for general in ("社区 居民 委员", "社 区 村 民 委 员"):
        assert client.get("/search", query_string={"q": general}).status_code == 200


def test_without_words_it_says_what_can_be_found(client):
    page = client.get("/search").text
    assert (
        "可以这样找" in page
        and "/search?q=" in page
        and "/stars" in page
        and 'action="/search"' in client.get("/").text
    )


def test_the_statements_are_few_and_do_not_grow(client, clients):
    show_one_of_each("梧桐")
    for reader, most in ((client, 4), (clients("wantong"), 6)):
        reader.get("/search?q=梧桐")
        with statements() as few:
            reader.get("/search?q=梧桐")
        assert len(few) <= most, few


@pytest.mark.usefixtures("one_minute")
def test_kinds_are_counted_once_for_all_that_are_looked_at_until_one_changes(clients):
    reader, activity = clients("volunteer"), cast.make_activity(title="凌霄花开")
    db.session.commit()
    assert "看全部" not in reader.get("/search?q=凌霄").text and totals("凌霄")["activities"] == 1
    with statements() as sent:
        reader.get("/search?q=凌霄&kind=activities")
    assert not [one for one in sent if "count(*)" in one and "activity" in one]
    activity.title = "茶花开"
    db.session.commit()
    assert totals("凌霄")["activities"] == 0 and totals("茶花")["activities"] == 1


def test_three_thousand_places_are_not_looked_through_for_each_kind(client, monkeypatch):
    """Each question for the freshness of the regions is cheap, three thousand of them for each of nine kinds are not."""
    asked = []
    monkeypatch.setattr(
        freshness, "generation", lambda topic, real=freshness.generation: asked.append(topic) or real(topic)
    )
    client.get("/search?q=云龙")
    assert asked.count("regions") < 500


@pytest.mark.parametrize(
    "text, words, size, shown",
    [
        ("短的", "的", 90, "短的"),
        ("## 标题\n\n**正文**", "正文", 90, "标题 正文"),
        ("一" * 50 + "水管" + "二" * 50, "水管", 20, "…" + "一" * 5 + "水管" + "二" * 13 + "…"),
        ("一" * 50, "没有", 10, "一" * 10 + "…"),
    ],
)
def test_an_excerpt_shows_the_word(text, words, size, shown):
    assert excerpt(text, words, size) == shown


def test_marks_are_made_of_escaped_text():
    assert marked("<b>修水管</b>", "水管 B") == "&lt;<mark>b</mark>&gt;修<mark>水管</mark>&lt;/<mark>b</mark>&gt;"
    assert marked("a.c abc", "a.c") == "<mark>a.c</mark> abc" and marked("任何", "") == "任何"
