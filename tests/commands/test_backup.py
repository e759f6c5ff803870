"""`flask backup` and `flask restore`: what comes back is what stood there at one moment, or nothing comes back."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.backup import making, restoring
from app.backup.cipher import FRAME, Damaged
from app.backup.making import make
from app.backup.restoring import NotHere, restore
from app.backup.tables import Plan
from app.db import db
from app.media.pictures import make_safe
from app.media.storage import store
from app.models import Activity, Application, History, HistorySeal, Message, Picture, User
from app.models.histories.seal import newest, seal_next
from app.models.history import record
from app.models.recount import CHECKS
from tests import cast
from tests.backups import contents, empty_place, is_untouched, writing
from tests.support import photos

PAIR = "一对"


@pytest.fixture(scope="module")
def safe():
    return make_safe(photos.photo(64, 48))


@pytest.fixture
def lived(app, safe):
    """A city with a picture, a sealed history and a JSON column that is empty in both ways."""
    activity = cast.make_activity()
    picture = Picture.keep(safe, row=activity)
    activity.cover_id = picture.id
    record(activity, "edit", by=cast.who("wantong"), reason="换了“封面”\n第二行\u2028第三行")
    db.session.commit()
    seal_next()
    db.session.commit()
    return activity


def pair(number):
    """Two rows of one transaction: no state in between may be seen."""
    person = cast.who("wantong")
    record(person, "pair", by=person)
    db.session.add(Message(user_id=person.id, title=PAIR, body=f"{number}"))


def pairs():
    """How many halves of each kind there are."""
    lines = db.session.scalar(select(func.count()).where(History.action == "pair"))
    return lines, db.session.scalar(select(func.count()).where(Message.title == PAIR))


def test_the_drill(app, kind, lived, safe, tmp_path):
    """Backup while four people write, restore into an empty place, compare."""

    def paint(number):
        db.session.add(Picture.keep(safe))
        if number % 2:
            db.session.scalars(select(Picture).where(Picture.noun == "").order_by(Picture.id)).first().drop()

    def edit(number):
        activity = db.session.get_one(Activity, id)
        activity.title = activity.place = f"第{number}稿"
        db.session.flush()

    id, target = lived.id, tmp_path / "drill"
    db.session.commit()
    with writing(app, [pair, pair, paint, edit]) as rounds:
        before = sum(rounds[:2])
        made = make(target, lambda line: None)
        after = sum(rounds[:2]) + 2
    with empty_place(kind, tmp_path) as empty:
        restore(target, lambda line: None)
        found = _counted()
        gone = bool(made["gone"])
        assert {k: v for k, v in found.items() if not gone or k != "picture"} == {
            k: v for k, v in made["tables"].items() if not gone or k != "picture"
        }
        lines, messages = pairs()
        assert lines == messages and before <= lines <= after
        assert db.session.scalar(select(Activity.title == Activity.place).where(Activity.id == id))
        assert all(store().read(file) for one in db.session.scalars(select(Picture)) for file in one.files)
        assert len(list(Path(empty.config["UPLOAD_URL"]).rglob("*.jpg"))) == 2 * db.session.query(Picture).count()
        assert db.session.query(HistorySeal).count() == 1 and db.session.query(User).count() == len(cast.PEOPLE)
        assert not CHECKS["月度汇总"]()
        person = cast.who("volunteer")
        assert person.phone == "13800000001"  # the keys fit
        record(person, "later", by=person)
        db.session.commit()  # numbers go on where they were
        assert max(db.session.scalars(select(History.id))) > made["sequences"]["history"] - 1


@pytest.mark.parametrize("isolated", [True, False], ids=["", "planted"])
def test_it_sees_one_moment(app, lived, tmp_path, monkeypatch, isolated):
    """A pair is written after each table; without the snapshot the halves do not fit."""
    if not isolated:
        kept = making._table

        def planted(connection, plan, out):
            connection.rollback()
            if db.engine.dialect.name == "postgresql":
                connection.execution_options(isolation_level="READ COMMITTED", postgresql_readonly=False)
            return kept(connection, plan, out)

        monkeypatch.setattr(making, "_table", planted)
    start = {name: count for name, (count, _) in _counted().items()}

    def write(line):
        token = making.reading.set(False)
        pair(0)
        db.session.commit()
        making.reading.reset(token)

    made = make(tmp_path / "one", write)
    more = {name: made["tables"][name][0] - start[name] for name in ("history", "message")}
    assert (more == {"history": 0, "message": 0}) is isolated


def _counted():
    db.session.rollback()
    with db.engine.connect() as connection:
        return contents(connection)


@pytest.mark.full
def test_from_one_kind_of_database_to_the_other_and_back(app, kind, lived, tmp_path):
    db.session.add(Application(**_application(before={"status": "left", "名": [1, None]})))
    db.session.add(Application(**_application()))
    db.session.commit()
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[kind]
    first, second = tmp_path / "first", tmp_path / "second"
    made = make(first, lambda line: None)
    with empty_place(other, tmp_path):
        restore(first, lambda line: None)
        assert make(second, lambda line: None)["tables"] == made["tables"]
        assert db.session.scalars(select(Application.before).order_by(Application.id)).all()[0]["名"] == [1, None]
    with empty_place(kind, tmp_path):
        restore(second, lambda line: None)
        assert _counted() == made["tables"]


def _application(**more):
    from app import clock
    from app.models.user import Gender
    from app.models.volunteer import Employment, Political

    facts = {
        "user_id": cast.who("member").id,
        "political": Political.PARTY,
        "employment": Employment.EMPLOYED,
        "gender": Gender.MALE,
        "born_year": 1980,
        "consent_at": clock.now(),
        "submitted_at": clock.now(),
        "due_at": clock.now(),
        "district_code": cast.GULOU,
        "subdistrict_code": cast.HUANGLOU,
        "community_code": cast.WANTONG,
    }
    return facts | more


def altered(source, target, change):
    data = bytearray(source.read_bytes())
    change(data)
    target.write_bytes(data)
    return target


HARM = {
    "a bit at the start": lambda data: data.__setitem__(3, data[3] ^ 1),
    "a bit of the salt": lambda data: data.__setitem__(25, data[25] ^ 1),
    "a length": lambda data: data.__setitem__(40, data[40] ^ 1),
    "a bit in the middle": lambda data: data.__setitem__(len(data) // 2, data[len(data) // 2] ^ 1),
    "the last bit": lambda data: data.__setitem__(-1, data[-1] ^ 1),
    "cut in the middle": lambda data: data.__delitem__(slice(len(data) // 2, None)),
    "cut by a byte": lambda data: data.__delitem__(-1),
    "only its head": lambda data: data.__delitem__(slice(37, None)),
    "empty": lambda data: data.clear(),
    "something behind": lambda data: data.extend(b"\0\0\0\x10" + bytes(16)),
    "a stray byte behind": lambda data: data.append(0),
}


@pytest.mark.sqlite_only
def test_a_damaged_file_is_refused_before_anything_is_written(app, lived, tmp_path, monkeypatch):
    monkeypatch.setattr("app.backup.cipher.FRAME", FRAME // 64)
    make(tmp_path / "good", lambda line: None)
    with empty_place("sqlite", tmp_path) as empty:
        for harm in HARM.values():
            with pytest.raises(Damaged):
                restore(altered(tmp_path / "good", tmp_path / "bad", harm), lambda line: None)
        empty.config["BACKUP_KEY"] = "another key"
        told = empty.test_cli_runner().invoke(args=["restore", str(tmp_path / "good")])
        assert told.exit_code == 1 and "BACKUP_KEY 不是备份时的" in told.output
        assert is_untouched() and not Path(empty.config["UPLOAD_URL"]).exists()
        empty.config["BACKUP_KEY"] = f"a new one,{app.config['BACKUP_KEY']}"
        assert restoring.check(tmp_path / "good").manifest["tables"]["user"][0] == len(cast.PEOPLE)


@pytest.mark.sqlite_only
def test_frames_in_another_order_are_refused(app, lived, tmp_path, monkeypatch):
    size = 4096
    monkeypatch.setattr("app.backup.cipher.FRAME", size)
    make(tmp_path / "good", lambda line: None)

    def swap(data):
        first, step = 37, size + 20
        data[first : first + 2 * step] = data[first + step : first + 2 * step] + data[first : first + step]

    with empty_place("sqlite", tmp_path), pytest.raises(Damaged):
        restore(altered(tmp_path / "good", tmp_path / "bad", swap), lambda line: None)


def test_only_an_empty_place_with_the_same_keys_takes_it(app, kind, lived, tmp_path):
    target = tmp_path / "file"
    make(target, lambda line: None)
    with pytest.raises(NotHere, match="数据库不是空的"):
        restore(target, lambda line: None)
    with empty_place(kind, tmp_path) as empty:
        for name in ("DATA_KEY", "HASH_KEY"):
            kept = empty.config[name]
            empty.config[name] = "of another site"
            with pytest.raises(NotHere, match=name):
                restore(target, lambda line: None)
            empty.config[name] = kept
        store().put("ab12.jpg", b"x")
        with pytest.raises(NotHere, match="图片目录不是空的"):
            restore(target, lambda line: None)
        assert is_untouched()


@pytest.mark.full
def test_a_restore_that_loses_a_row_is_caught_and_may_be_tried_again(app, kind, lived, tmp_path):
    target = tmp_path / "file"
    make(target, lambda line: None)
    with empty_place(kind, tmp_path) as empty:
        lost = _losing_a_row()
        with pytest.raises(Damaged, match="恢复后的 history 与备份不一致"):
            restore(target, lambda line: None)
        lost.undo()
        assert not db.session.query(User).count() and not list(Path(empty.config["UPLOAD_URL"]).rglob("*.jpg"))
        restore(target, lambda line: None)  # after a failure it may be tried again
        assert db.session.query(User).count() == len(cast.PEOPLE)


def _losing_a_row():
    """A planted fault: the last line of history is not written."""
    kept = Plan.insert

    def insert(self, connection, lines):
        kept(self, connection, lines[:-1] if self.name == "history" else lines)

    patch = pytest.MonkeyPatch()
    patch.setattr(Plan, "insert", insert)
    return patch


def test_the_command_shows_how_far_it_is_and_writes_nothing_readable(app, lived, tmp_path):
    run = app.test_cli_runner().invoke
    target = tmp_path / "file"
    told = run(args=["backup", str(target)])
    assert told.exit_code == 0 and "图片：1/1" in told.output and f"最新的封存：{newest().head}" in told.output
    assert target.stat().st_mode & 0o077 == 0 and not list(tmp_path.glob(".*.part"))
    raw = target.read_bytes()
    assert not any(word.encode() in raw for word in ("wantong", "周芳", "activity"))
    assert run(args=["backup", str(target)]).exit_code == 1  # never over another one
