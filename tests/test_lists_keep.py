"""Lists keep their statements (app/statements.py): the same rows as built anew, and nothing of another post or day."""

import pytest
from sqlalchemy import select

from app import clock, listing, statements, typed
from app.db import db
from app.freshness import touch
from app.models.pages import quickest
from tests import cast

URL = "/office/volunteers"


def built(client, path: str = URL, what: str = "") -> int:
    """How many statements (or those of `what`) were put together for this page."""
    before = dict(statements._held.kept)
    client.get(path)
    return len([key for key, held in statements._held.kept.items() if before.get(key) is not held and what in str(key)])


def measured(client, path: str) -> int:
    return built(client, path, "'measured'")


def test_a_list_is_put_together_once_for_each_post_and_filter(clients):
    client = clients("wantong")
    assert built(client) == 2 and built(client) == 0  # the page and its total
    assert built(client, URL + "?skill=") == 0 and built(client, URL + "?identity=employed-party") == 2
    assert "李静" in client.get(URL).text and "李静" not in clients("far").get(URL).text
    assert "李静" in client.get(URL).text


def test_what_is_kept_for_some_words_finds_others(clients):
    """A few words are as common as each other in so small a city, whatever they are."""
    client = clients("gulou")
    for words, other, theirs in (
        ("李", "陈", "陈晨"),
        ("李静", "陈晨", "陈晨"),
        ("lj", "cc", "陈晨"),
        ("李 静", "陈 晨", ""),
    ):
        assert built(client, f"{URL}?q={words}") and built(client, f"{URL}?q={other}") == 0
        page = client.get(f"{URL}?q={other}").text
        assert "李静" not in page and theirs in page, other
    assert built(client, URL + "?q=陈晨晨") and built(client, URL + "?q=13800000001") == 0 == built(
        client, URL + "?q=0001"
    )
    assert "李静" in client.get(URL + "?q=13800000001").text


def test_what_is_kept_for_words_in_activities_finds_others(clients):
    titles = "清洁家园", "义务巡逻", "清洁 巡逻", "abc", "Abd", "万通巡逻", "洁家 家洁"
    for title in titles:
        cast.make_activity(title=title)
    db.session.commit()
    client = clients("wantong")

    def listed(words):
        page = client.get("/office/activities", query_string={"q": words}).text
        return {title for title in titles if f">{title}<" in page}

    assert listed("清洁") == {"清洁家园", "清洁 巡逻"} and built(client, "/office/activities?q=巡逻") == 0
    assert listed("巡逻") == {"义务巡逻", "清洁 巡逻", "万通巡逻"}
    assert listed("清洁 巡逻") == {"清洁 巡逻"} == listed("巡逻 清洁") and listed("巡逻 巡逻") == listed("巡逻")
    assert listed("洁家") == {"清洁家园", "洁家 家洁"} and listed("洁家洁") == set()  # which has both its pairs
    assert listed("巡逻队") == set() and listed("ABC") == {"abc"}  # words with capitals are asked for in another way
    assert listed("abc") == {"abc"} and listed("ABD") == {"Abd"} and listed("%%%") == set() == listed("___")
    assert listed("万通") >= {"清洁家园", "万通巡逻"} and listed("黄楼") >= {"清洁家园"} and listed("云龙") == set()


def test_a_word_that_nobody_typed_never_stands_in_what_is_kept():
    with typed.typing("清洁 巡逻"):
        assert typed.said("巡逻").callable() == "巡逻" and typed.said("清洁 巡逻").callable() == "清洁 巡逻"
        with pytest.raises(ValueError):
            typed.said("家园")
    assert typed.said("家园").value == "家园"


def test_how_long_a_list_is_without_its_words_is_asked_once_an_hour(clients, monkeypatch):
    monkeypatch.setattr(quickest, "EASY", -1)
    client = clients("wantong")
    assert [measured(client, f"{URL}?q={words}") for words in ("李", "张", "李")] == [1, 0, 0]
    assert measured(client, URL + "?q=张&identity=employed-party") == 1
    monkeypatch.setattr(listing, "this_hour", lambda: 25)
    assert measured(client, URL + "?q=张") == 0 and measured(client, URL + "?q=张三") == 1  # only where one is built


def test_a_changed_region_or_another_day_builds_it_anew(clients):
    client = clients("wantong")
    client.get(URL)
    touch("regions")
    db.session.commit()
    assert built(client) == 2
    statements.kept("here", lambda: select(1))
    held = statements.kept("here", lambda: select(2))
    try:
        clock.move(clock.timedelta(days=1))
        assert statements.kept("here", lambda: select(3)) is not held
    finally:
        clock.move(clock.timedelta(0))


def test_a_lost_transaction_leaves_no_statement_behind(app):
    first = statements.kept("there", lambda: select(1))
    db.session.execute(select(1))
    touch("units")
    db.session.rollback()
    assert statements.kept("there", lambda: select(2)) is not first


def test_the_next_page_follows_by_position(clients):
    for number in range(25):
        cast.make_volunteer(cast.make_user(f"row{number}", f"人{number}", f"137{number:08d}"))
    db.session.commit()
    client = clients("wantong")
    first = client.get(URL).text
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(following).text
    again = client.get(following).text
    assert second.count('data-l="姓名"') == again.count('data-l="姓名"') == 8  # three of the cast besides
