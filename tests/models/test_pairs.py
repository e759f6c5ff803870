"""Words are found by characters and pairs of them: what is found is what LIKE finds, whatever is written and however."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, or_, select, text, update

from app import clock, reads
from app.db import db
from app.freshness import forget
from app.models import Activity, Notice, User, Volunteer
from app.models.accounts.called import by_initials, goes_by
from app.models.pages import pairs, quickest
from app.models.pages.worded import holds
from app.models.recount import CHECKS, repair
from app.models.volunteers import search
from app.models.volunteers.search import known_as
from tests import cast

LETTERS = "清洁家园志愿aAbBéÉ%_\\/' \"😀龘1·"
TEXTS = st.text(LETTERS, max_size=12)
WORDS = st.text(LETTERS, min_size=1, max_size=4).map(str.strip).filter(bool)


def notice(title, body=""):
    """A row written past the verbs."""
    return {"title": title[:60], "body": body, "source": "", "visible_at": clock.now(), "created_at": clock.now()}


def like(word):
    """What LIKE finds, row by row."""
    columns = Notice.title, Notice.body, Notice.source
    return set(db.session.scalars(select(Notice.id).where(or_(*(c.icontains(word, autoescape=True) for c in columns)))))


def found(words):
    return set(db.session.scalars(select(Notice.id).where(*holds(words, Notice.title, Notice.body, Notice.source))))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # rows stay: more to find
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4), TEXTS, st.lists(WORDS, min_size=1, max_size=5))
def test_pairs_find_what_like_finds(app, rows, renamed, words):
    db.session.execute(insert(Notice), [notice(*row) for row in rows])  # in bulk, past every verb
    db.session.commit()
    ids = list(db.session.scalars(select(Notice.id).order_by(Notice.id.desc()).limit(len(rows))))
    db.session.execute(update(Notice).where(Notice.id == ids[0]).values(title=renamed[:60]))
    db.session.execute(delete(Notice).where(Notice.id == ids[-1], Notice.id != ids[0]))
    db.session.commit()
    assert all(by_pairs([Notice.id.in_(pairs.offered(Notice, one))]) for one in ("清", "清洁"))
    for word in words:
        for one in word.split():
            assert found(one) == like(one), one
        assert found(word) == set.intersection(*(like(one) for one in word.split())), word
    db.session.rollback()
    assert CHECKS["词对"]() == []


def test_a_person_who_is_renamed_is_found_by_the_new_name_only(app):
    volunteer = cast.volunteer_of("volunteer")
    cast.who("volunteer").call("慕容清洁")
    db.session.commit()
    assert ids("容清") == [volunteer.id]
    cast.who("volunteer").call("慕容家园")
    db.session.commit()
    assert ids("容清") == [] and ids("容家") == [volunteer.id] and ids("mrjy") == [volunteer.id]


def ids(words, model=Volunteer, **where):
    forget()
    return list(db.session.scalars(select(model.id).where(*known_as(model, words, **where)).order_by(model.id)))


def test_people_are_found_by_what_they_wrote_as_their_unit_and_by_tails(app):
    volunteer = cast.volunteer_of("volunteer")
    volunteer.unit_id, volunteer.unit_other, volunteer.id_card_tail = None, "彭城修理铺", "123X"
    db.session.commit()
    assert ids("修理") == [volunteer.id] == ids("123x") and volunteer.id in ids(cast.who("volunteer").phone_tail)


def test_many_rows_are_walked_through_instead_and_give_the_same(app, monkeypatch):
    cast.make_activity(title="清洁家园")
    cast.who("volunteer").call("慕容清洁")
    db.session.commit()
    by_pairs = answers()
    monkeypatch.setattr(quickest, "MOST", -1)
    assert answers() == by_pairs and by_pairs[0] and by_pairs[1]


@pytest.mark.both
@pytest.mark.parametrize("words", ["清", "清洁", "洁家", "清洁家", "a", "Ab", "社区 清洁", "9", "龘"])
def test_common_words_are_found_among_all_hits_or_one_by_one(app, monkeypatch, words):
    some = "清洁家园", "清洁 洁家", "青洁", "洁 家", "aB", "Ab", "社区清洁9", "清", "洁清"
    db.session.execute(insert(Notice), [notice(title, body) for title in some for body in ("", "社区", "清洁")])
    wanted = set.intersection(*map(like, words.split()))
    monkeypatch.setattr(quickest, "MOST", -1)
    for most in (0, 10):
        monkeypatch.setattr(quickest, "GATHERED", on_both(most))
        assert found(words) == wanted
    db.session.rollback()


@pytest.mark.both
def test_people_of_a_place_are_found_among_all_who_are_called_so_or_one_by_one(app, monkeypatch):
    cast.who("volunteer").call("慕容清洁")
    volunteer = cast.volunteer_of("second")
    volunteer.unit_id, volunteer.unit_other = None, "清洁公司"
    db.session.commit()
    words = ("清", "清洁", "慕容清", "洁清", "mrq", "M", "z", "公司", "单位", "%")
    everywhere = [ids(one) for one in words]
    assert everywhere[0] and everywhere[2] and everywhere[4]
    monkeypatch.setattr(quickest, "MOST", -1)
    for gathered, few in ((10, -1), (-1, 10), (-1, -1)):
        monkeypatch.setattr(quickest, "GATHERED", on_both(gathered))
        monkeypatch.setattr(search, "SOONER", few)
        assert [ids(one, everywhere=False) for one in words] == everywhere
        assert by_pairs(known_as(Volunteer, "清", everywhere=False), Volunteer) is (gathered > 0 or few > 0)


def on_both(number):
    return dict.fromkeys(quickest.GATHERED, number)


def by_pairs(conditions, model=Notice):
    """Whether these ask for pairs."""
    words = str(select(model.id).where(*conditions).compile(db.engine))
    return "MATCH" in words or "pairs(" in words


def test_a_list_that_is_short_itself_is_walked_along(app, monkeypatch):
    monkeypatch.setattr(quickest, "EASY", 0)
    db.session.execute(insert(Notice), [notice("清洁")])
    assert by_pairs(holds("清", Notice.title))
    with reads.along(lambda: 0):
        assert not by_pairs(holds("清", Notice.title))
    db.session.rollback()


@pytest.mark.both
@pytest.mark.parametrize(("newest", "of_a_page", "of_a_count"), [(99_000, None, None), (10_000, "ids", None)])
def test_what_only_old_rows_hold_is_looked_up_for_a_page(app, monkeypatch, newest, of_a_page, of_a_count):
    monkeypatch.setattr(quickest, "learn", lambda wanted: dict.fromkeys(wanted, (8_000, 100_000, newest)))
    asked = Notice, "清洁队", lambda: "ids", lambda: None
    assert quickest.looked_up(*asked) == of_a_page
    with reads.counting(reads.FIRST):
        assert quickest.looked_up(*asked) == of_a_count


@pytest.mark.parametrize("cap", [2, 1000])
def test_the_total_of_people_called_alike_is_right_though_a_sample_is_looked_at_first(app, monkeypatch, cap):
    monkeypatch.setattr(reads, "SAMPLES", on_both((1, 4)))
    for who in ("volunteer", "second"):
        cast.who(who).call("慕容清洁")
    cast.volunteer_of("second").unit_other = "清洁公司"  # found in two ways, counted once
    db.session.commit()
    forget()
    total = reads.capped(lambda: select(Volunteer).where(*known_as(Volunteer, "清洁")), cap)
    assert "CASE" in str(select(total).compile(db.engine))
    assert db.session.scalar(select(total)) == 2


@pytest.mark.both
def test_initials_are_a_range_which_an_index_answers_whatever_they_are(app):
    asked = str(select(User.id).where(*by_initials("Mr")(User)).compile(db.engine))
    assert "LIKE" not in asked and cast.who("volunteer").initials
    cast.who("volunteer").call("慕容清洁")
    db.session.commit()
    for letters, there in (("mr", True), ("mrqj", True), ("mrqk", False), ("mq", False), ("ms", False)):
        called = select(User.id).where(User.id == cast.who("volunteer").id, *by_initials(letters)(User))
        assert bool(db.session.scalar(called)) is there, letters


def test_how_common_words_are_is_asked_once_an_hour(app, monkeypatch):
    asked = []

    def ids():
        asked.append("once")
        return select(Notice.id)

    for kind, hour, times in (("", 1, 1), ("", 1, 1), ("else", 1, 2), ("", 2, 3)):
        monkeypatch.setattr(quickest, "this_hour", lambda hour=hour: hour)
        key = Notice, "清", kind
        assert quickest.learn({key: ids})[key][0] == db.session.scalar(select(func.count(Notice.id)))
        assert len(asked) == times


@pytest.mark.parametrize("cap", [2, 1000])
def test_the_total_of_a_common_word_is_right_though_a_sample_is_looked_at_first(app, monkeypatch, cap):
    monkeypatch.setattr(reads, "SAMPLES", on_both((3, 4)))
    db.session.execute(insert(Notice), [notice(f"清洁{number}") for number in range(7)])
    total = reads.capped(lambda: select(Notice).where(*holds("清", Notice.title, Notice.body, Notice.source)), cap)
    assert "CASE" in str(select(total).compile(db.engine))
    assert db.session.scalar(select(total)) == min(cap, len(like("清")))
    db.session.rollback()


def answers():
    from app.models.activities.search import named

    forget()
    activities = list(db.session.scalars(select(Activity.id).where(*named("清洁")).order_by(Activity.id)))
    people = list(db.session.scalars(select(User.id).where(goes_by(User.id, "容清")).order_by(User.id)))
    return activities, people, ids("容清")


@pytest.mark.sqlite_only
def test_a_lost_pair_is_told_and_mended(app):
    cast.make_activity(title="清洁家园")
    db.session.commit()
    db.session.execute(text("DROP TRIGGER pairs_activity_update"))
    db.session.execute(update(Activity).values(title="扶贫帮困"))
    db.session.commit()
    wrong = CHECKS["词对"]()
    assert {one.key["table"] for one in wrong} == {"activity"} and len(wrong) > 3
    repair(wrong)
    assert CHECKS["词对"]() == [] and app.test_cli_runner().invoke(args=["recount", "--check"]).exit_code == 0


@pytest.mark.sqlite_only
def test_retention_leaves_no_pair_of_a_name_that_is_gone(app):
    cast.who("volunteer").call("慕容清洁")
    db.session.commit()
    cast.who("volunteer").call("张三")
    db.session.commit()
    gone = "容".encode().hex()  # neighbours in the index share beginnings
    assert gone in kept_in_blocks()
    assert app.test_cli_runner().invoke(args=["retention"]).exit_code == 0
    assert gone not in kept_in_blocks()


def kept_in_blocks():
    both = "SELECT block FROM pairs_user_data UNION ALL SELECT block FROM pairs_placed_data"
    blocks = db.session.scalars(text(both)).all()
    db.session.rollback()
    return b" ".join(blocks).decode("latin-1")
