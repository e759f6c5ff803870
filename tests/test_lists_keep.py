"""Lists keep their statements (app/statements.py): the same rows as built anew, and nothing of another post or day."""

from sqlalchemy import select

from app import clock, listing, statements
from app.db import db
from app.freshness import touch
from app.models.pages import quickest
from tests import cast

URL = "/office/volunteers"


def built(client, path: str = URL) -> int:
    """How many statements were put together for this page."""
    before = dict(statements._held.kept)
    client.get(path)
    return len([key for key, held in statements._held.kept.items() if before.get(key) is not held])


def test_a_list_is_put_together_once_for_each_post_and_filter(clients):
    client = clients("wantong")
    assert built(client) == 2 and built(client) == 0  # the page and its total
    assert built(client, URL + "?skill=") == 0 and built(client, URL + "?identity=employed-party") == 2
    assert built(client, URL + "?q=李") == 0  # words are not kept
    assert "李静" in client.get(URL).text and "李静" not in clients("far").get(URL).text
    assert "李静" in client.get(URL).text


def test_how_long_a_list_is_without_its_words_is_asked_once_an_hour(clients, monkeypatch):
    monkeypatch.setattr(quickest, "EASY", -1)
    client = clients("wantong")
    assert built(client, URL + "?q=李") == 1 and built(client, URL + "?q=张") == 0 and built(client, URL + "?q=李") == 0
    assert built(client, URL + "?q=张&identity=employed-party") == 1
    monkeypatch.setattr(listing, "this_hour", lambda: 25)
    assert built(client, URL + "?q=张") == 1


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
