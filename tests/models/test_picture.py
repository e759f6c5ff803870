"""Pictures: what is kept of a file, what is refused, and that files follow the transaction of their rows."""

import ast
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from app import clock
from app.db import apart, db
from app.media import pictures, storage
from app.media.pictures import CHILD, BadPicture, make_safe
from app.models import Picture
from app.refusal import Invalid
from tests import cast
from tests.support import photos
from tests.support.together import together


def opened(data):
    return Image.open(BytesIO(data))


def files(app):
    return sorted(path.name for path in Path(app.config["UPLOAD_URL"]).rglob("*") if path.is_file())


@pytest.fixture
def folder(app, tmp_path):
    """A store of this test's own."""
    before = app.config["UPLOAD_URL"]
    app.config["UPLOAD_URL"] = str(tmp_path / "pictures")
    yield app.config["UPLOAD_URL"]
    db.session.remove()
    app.config["UPLOAD_URL"] = before


def test_nothing_but_the_pixels_survives():
    source = photos.photo()
    assert b"Exif" in source and photos.CANARY in source and opened(source).getexif().get_ifd(photos.GPS)
    safe = make_safe(source)
    for content in (safe.large, safe.thumb):
        picture = opened(content)
        assert picture.format == "JPEG" and not picture.getexif() and "comment" not in picture.info
        assert photos.CANARY not in content and b"Exif" not in content and b"ICC_PROFILE" not in content


def test_a_polyglot_loses_its_payload():
    for source in (photos.photo() + photos.HTML, photos.encoded(Image.new("RGB", (50, 50)), "PNG") + photos.HTML):
        safe = make_safe(source)
        assert b"payload" not in safe.large + safe.thumb and b"<script" not in safe.large + safe.thumb


def test_the_longest_side_is_1600_and_the_thumbnail_480():
    safe = make_safe(photos.photo(2400, 1200))
    assert (safe.width, safe.height, safe.thumb_width, safe.thumb_height) == (1600, 800, 480, 240)
    assert opened(safe.large).size == (1600, 800) and opened(safe.thumb).size == (480, 240)
    assert opened(safe.large).info.get("progressive")
    small = make_safe(photos.photo(30, 20))
    assert (small.width, small.thumb_width) == (30, 30), "small ones are not blown up"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_picture_stands_upright(orientation):
    """The phone held it otherwise and said so in EXIF: red must be where Pillow's own reading puts it."""
    from PIL import ImageOps

    source = photos.photo(400, 200, orientation)
    right, safe = ImageOps.exif_transpose(opened(source)).convert("RGB"), make_safe(source)
    ours = opened(safe.large).convert("RGB")
    assert ours.size == right.size
    for x, y in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)):
        theirs = right.getpixel((int(right.width * x), int(right.height * y)))
        mine = ours.getpixel((int(ours.width * x), int(ours.height * y)))
        assert all(abs(a - b) < 12 for a, b in zip(theirs, mine, strict=True))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "L", "I;16", "CMYK"])
def test_every_kind_of_colour_becomes_plain_rgb(mode):
    clear = Image.new("RGBA", (60, 40), (255, 0, 0, 0))
    image = Image.new(mode, (60, 40), 65535) if mode == "I;16" else clear.convert(mode)
    safe = make_safe(photos.encoded(image, "JPEG" if mode == "CMYK" else "PNG"))
    assert opened(safe.large).mode == "RGB"
    if mode in ("RGBA", "LA", "I;16"):
        assert min(opened(safe.large).getpixel((30, 20))) > 250, "what is transparent lies on white"


def test_a_palette_with_a_see_through_colour_lies_on_white():
    image = Image.new("P", (60, 40), 3)
    image.putpalette([200, 0, 0] * 4)
    safe = make_safe(photos.encoded(image, "PNG", transparency=3))
    assert min(opened(safe.large).getpixel((30, 20))) > 250


def test_webp_and_moving_pictures_give_their_first_frame():
    assert make_safe(photos.encoded(Image.new("RGB", (50, 40)), "WEBP")).width == 50
    for kind in ("WEBP", "PNG"):
        red, green, _ = opened(make_safe(photos.animation(kind)).large).getpixel((20, 15))
        assert red > 200 and green < 60


@pytest.mark.parametrize("name", photos.BAD)
def test_a_bad_file_is_refused_in_plain_words(name):
    content, words = photos.bad(name)
    with pytest.raises(BadPicture, match=words):
        make_safe(BytesIO(content))


def test_broken_exif_does_not_cost_the_picture():
    source = photos.photo()
    at = source.index(b"Exif\0\0") + 6
    assert make_safe(source[:at] + b"\xff" * 40 + source[at + 40 :]).width == 640


def test_a_bomb_dies_in_the_child_and_not_here():
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name in ("炸弹.png", "六千万.png", "六千万.webp", "谎话.png"):
        with pytest.raises(BadPicture):
            make_safe(photos.bad(name)[0])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_a_child_that_never_ends_is_ended(monkeypatch, tmp_path):
    script = tmp_path / "sleeper.py"
    script.write_text("import os, signal, sys\nopen(sys.argv[0] + '.pid', 'w').write(str(os.getpid()))\nsignal.pause()")
    monkeypatch.setattr(pictures, "CHILD", script)
    monkeypatch.setattr(pictures, "TIMEOUT", 1)
    with pytest.raises(BadPicture, match="时间太长"):
        make_safe(photos.photo())
    assert not Path("/proc", Path(f"{script}.pid").read_text()).exists()


def test_the_child_knows_no_secret():
    tree = ast.walk(ast.parse(CHILD.read_text()))
    assert not [node for node in tree if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app")]
    assert not {"SECRET_KEY", "DATA_KEY", "HASH_KEY", "DATABASE_URL"} & set(pictures.PASSED_ON)


def test_a_committed_picture_has_two_files_and_a_random_name(app, folder):
    one, other = (Picture.keep(photos.photo(), by=cast.who("wantong")) for _ in range(2))
    db.session.commit()
    assert len(one.name) == 32 and one.name != other.name
    assert files(app) == sorted([*one.files, *other.files])
    assert opened(storage.store().read(one.files[1])).size == (480, 360)


def test_a_rollback_leaves_no_file(app, folder):
    Picture.keep(photos.photo(), by=None)
    assert len(files(app)) == 2
    db.session.rollback()
    assert files(app) == []


def test_a_request_that_never_commits_leaves_no_file(app, folder):
    Picture.keep(photos.photo(), by=None)
    db.session.remove()
    assert files(app) == []


def test_a_savepoint_is_not_the_end(app, folder):
    with db.session.begin_nested():
        Picture.keep(photos.photo(), by=None)
    assert len(files(app)) == 2
    db.session.rollback()
    assert files(app) == []


def test_a_failed_insert_leaves_no_file(app, folder):
    first = Picture.keep(photos.photo(), by=None)
    db.session.commit()
    second = Picture.keep(photos.photo(), by=None)
    with pytest.raises(db.exc.IntegrityError):
        db.session.execute(db.update(Picture).where(Picture.id == second.id).values(name=first.name))
    db.session.rollback()
    assert files(app) == sorted(first.files)


def test_a_transaction_apart_keeps_its_files(app, folder):
    with apart() as session:
        name = Picture.keep(photos.photo(), by=None, session=session).name
    db.session.rollback()
    assert files(app) == [f"{name}-thumb.jpg", f"{name}.jpg"]


def test_a_full_disk_leaves_neither_row_nor_half_file(app, folder, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        Picture.keep(photos.photo(), by=None)
    db.session.rollback()
    assert files(app) == [] and db.session.scalar(db.select(db.func.count(Picture.id))) == 0


def test_a_dropped_picture_keeps_its_files_until_the_commit(app, folder):
    picture = Picture.keep(photos.photo(), by=None)
    db.session.commit()
    picture.drop()
    db.session.flush()
    assert len(files(app)) == 2
    db.session.rollback()
    assert len(files(app)) == 2 and db.session.get(Picture, picture.id)
    picture.drop()
    db.session.commit()
    assert files(app) == []


def test_names_lead_nowhere_else(app, folder):
    for name in ("../secret.jpg", "..\\secret.jpg", "/etc/passwd", "..", ""):
        with pytest.raises(FileNotFoundError):
            storage.store().read(name)


def test_an_unknown_kind_of_store_is_named(app):
    app.config["UPLOAD_URL"], before = "gopher://pictures", app.config["UPLOAD_URL"]
    try:
        with pytest.raises(ValueError, match="gopher://"):
            storage.store()
    finally:
        app.config["UPLOAD_URL"] = before


def test_arranging_attaches_orders_and_drops(app, folder):
    activity, by = cast.make_activity(), cast.who("wantong")
    one, two, three = (Picture.keep(photos.photo(), by=by) for _ in range(3))
    Picture.arrange(activity, [(two, "第二张"), (one, ""), (three, "")])
    db.session.commit()
    assert [(p.id, p.alt) for p in Picture.of(activity)] == [(two.id, "第二张"), (one.id, ""), (three.id, "")]
    Picture.arrange(activity, [(three, "第三张"), (two, "")])
    db.session.commit()
    assert [(p.id, p.alt) for p in Picture.of(activity)] == [(three.id, "第三张"), (two.id, "")]
    assert files(app) == sorted([*two.files, *three.files])


def test_one_picture_belongs_to_one_thing(app, folder):
    """Two forms that were sent at once name the same upload: one gets it, the other is told."""
    picture = Picture.keep(photos.photo(), by=cast.who("wantong"))
    activities = [cast.make_activity().id for _ in range(2)]
    db.session.commit()
    name = picture.name

    def take(id):
        held = db.session.scalars(db.select(Picture).where(Picture.name == name)).one()
        Picture.arrange(db.session.get(cast.Activity, id), [(held, "")])
        return id

    results = together(app, [lambda id=id: take(id) for id in activities])
    assert sorted(type(result).__name__ for result in results) == ["Invalid", "int"]
    assert next(r for r in results if isinstance(r, Invalid)).field == "pictures"


def test_usable_are_ones_own_loose_pictures_and_those_present(app, folder):
    me, activity = cast.who("wantong"), cast.make_activity()
    mine, hers = Picture.keep(photos.photo(), by=me), Picture.keep(photos.photo(), by=cast.who("baiyun"))
    attached = Picture.keep(photos.photo(), row=activity, by=cast.who("baiyun"))
    names = [hers.name, attached.name, mine.name, mine.name, "nothing"]
    assert Picture.usable(names, me, []) == [mine]
    assert Picture.usable(names, me, [attached]) == [attached, mine]


def test_the_clock_removes_what_no_form_took_up(app, folder):
    loose, held = Picture.keep(photos.photo(), by=None), Picture.keep(photos.photo(), row=cast.make_activity())
    db.session.commit()
    clock.move(timedelta(hours=23))
    assert Picture.sweep() == 0
    clock.move(timedelta(hours=25))
    assert (Picture.sweep(), Picture.sweep()) == (1, 0)
    db.session.commit()
    assert files(app) == sorted(held.files) and db.session.get(Picture, loose.id) is None


def test_the_clock_removes_files_without_a_row(app, folder):
    picture = Picture.keep(photos.photo(), by=None)
    db.session.commit()
    shelf = picture.name[:2]
    lost = f"{shelf}{'0' * 30}"
    for name in (f"{lost}.jpg", f"{lost}-thumb.jpg", f"{picture.name}.jpg.beef.part"):
        Path(folder, shelf, name).write_bytes(b"left by a crash")
    assert Picture.sweep_files(shelf) == 0, "too young: its transaction may still be running"
    clock.move(timedelta(hours=25))
    assert Picture.sweep_files(shelf) == 3 and Picture.sweep_files("00" if shelf != "00" else "01") == 0
    db.session.commit()
    assert files(app) == sorted(picture.files)
