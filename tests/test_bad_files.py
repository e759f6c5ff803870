"""Pictures, lists of people and exports: no payload byte survives, no row comes of a bad file, no cell is a formula."""

import contextlib
import csv
import io
import resource
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from python_calamine import CalamineWorkbook
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.db import db
from app.export import export, inert
from app.media import pictures
from app.media.pictures import BadPicture, make_safe
from app.media.sheets import BadSheet, read_sheet
from app.models import Import, Invitation, Picture
from tests.badinput import MENDED, REFUSED, catalogue
from tests.people_files import csv as listed
from tests.people_files import line, xlsx
from tests.places import broken
from tests.support.photos import CANARY

# a large upload that is refused half-way leaves its temporary file to the collector
pytestmark = pytest.mark.filterwarnings(
    "ignore:(?s)Exception ignored in.*FileIO:pytest.PytestUnraisableExceptionWarning"
)
CATALOGUE = catalogue()
MARKS = (CANARY, b"<script", b"payload", b"PK\x03\x04", b"Exif", b"http://ns.adobe.com", b"ICC_PROFILE")
SLOW = {"bomb of declared size", "png with too much data", "png with a text bomb", "eleven megabytes"}
FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A1",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    '=HYPERLINK("http://127.0.0.1:9","x")',
    " =1+1",
    "＝1+1",
)


def survivors(data: bytes) -> list[bytes]:
    """What of a payload stands in the two files that come of it; that they are plain pictures is asserted."""
    safe = make_safe(data)
    for content in (safe.large, safe.thumb):
        image = Image.open(io.BytesIO(content))
        assert image.format == "JPEG" and image.mode == "RGB" and not image.getexif() and max(image.size) <= 1600
    return [mark for mark in MARKS if mark in safe.large + safe.thumb]


def children_peak() -> int:
    """The most memory that a child of this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


@pytest.mark.parametrize("bad", CATALOGUE["pictures"], ids=str)
def test_a_bad_picture_is_refused_or_comes_out_as_pixels_alone(bad):
    here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    data = bad.value()
    made = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - here
    if bad.must is REFUSED:
        with pytest.raises(BadPicture):
            make_safe(data)
    else:
        assert bad.must is MENDED and survivors(data) == []
    risen = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - here - made
    assert risen < 200 * 1024, "the server itself"


@pytest.mark.parametrize("name", sorted(SLOW))
def test_no_bomb_takes_two_hundred_megabytes(name, monkeypatch):
    """The child is given 200 MB above what it needs for a small picture: a bomb that wants more ends it, and is refused."""
    source = Path(pictures.CHILD).read_text()
    assert "MEMORY = 1536" in source
    data = next(bad for bad in CATALOGUE["pictures"] if bad.what == name).value()
    before = children_peak()
    with contextlib.suppress(BadPicture):
        make_safe(data)
    assert children_peak() - before < 200


def test_a_picture_that_is_passed_on_as_it_came_is_caught(monkeypatch):
    """The planted hole: what makes pictures safe hands the file back."""
    data = next(bad for bad in CATALOGUE["pictures"] if bad.what == "jpeg and html").value()
    head = b'{"size": [1, 1], "thumb": [1, 1], "bytes": [%d, 0]}\n' % len(data)
    monkeypatch.setattr(pictures, "_run", lambda source: head + source)
    safe = make_safe(data)
    assert [mark for mark in MARKS if mark in safe.large]


@pytest.mark.sqlite_only
def test_a_bad_list_brings_nobody_in(app, client):
    client.sign_in("city")
    wrong = {bad.what: found for bad in CATALOGUE["sheets"] if (found := brought_in(client, *bad.value))}
    assert not wrong


def brought_in(client, name, make) -> list[Any]:
    """What came of the file that was sent and carried out, and what of it took two seconds of a processor."""
    body, kind = multipart({"file": (name, make()), "units": "error"})
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = client.post("/office/imports/new", input_stream=io.BytesIO(body), content_type=kind)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    slow = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime > 2
    assert answer.status_code in (303, 422, 413)
    one = db.session.scalar(db.select(Import).order_by(Import.id.desc()))
    if answer.status_code == 303 and one:
        assert not broken(client.get(f"/office/imports/{one.id}").text)
        client.post(f"/office/imports/{one.id}/execution")
    return list(db.session.scalars(db.select(Invitation.name))) + (["slow"] if slow else [])


def multipart(sent: dict[str, Any]) -> tuple[bytes, str]:
    """The body and type of a form with files."""
    data = {
        name: FileStorage(io.BytesIO(one[1]), one[0]) if isinstance(one, tuple) else one for name, one in sent.items()
    }
    boundary, body = encode_multipart(data)
    return body, f"multipart/form-data; boundary={boundary}"


@pytest.mark.sqlite_only
def test_a_list_that_brings_somebody_in_is_noticed(app, client):
    client.sign_in("city")
    assert brought_in(client, "好.csv", lambda: listed([line()])) == ["孙丽"]


def test_entities_are_refused_wherever_they_stand_in_a_book(monkeypatch):
    assert read_sheet("好.xlsx", xlsx([line()])).rows
    for bad in CATALOGUE["sheets"]:
        if "entity" in bad.what or "laughs" in bad.what or "bomb" in bad.what:
            with pytest.raises(BadSheet):
                read_sheet(bad.value[0], bad.value[1]())


def exported(kind: str) -> list[list[str]]:
    """A download of one row that holds every formula, as a spreadsheet opens it."""
    columns = {f"列{n}": (lambda row, n=n: row[n]) for n in range(len(FORMULAS))}
    answer = export(kind, "list", columns, [FORMULAS])
    answer.direct_passthrough = False
    data = answer.get_data()
    if kind == "xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        assert b"<f>" not in _sheet(data), "a formula in the file"
        return book.get_sheet_by_index(0).to_python()
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _sheet(data: bytes) -> bytes:
    import zipfile

    return zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def runs(cell: str) -> bool:
    """Whether a spreadsheet would take this cell of a CSV for a formula; it trims what is invisible first."""
    return cell.strip()[:1] in set("=+-@＝＋－＠")


@pytest.mark.sqlite_only
def test_formulas_stay_text_in_exports(app):
    with app.test_request_context():
        assert exported("xlsx")[1] == list(FORMULAS)
        assert not [cell for cell in exported("csv")[1] if runs(cell)]


@pytest.mark.sqlite_only
def test_an_export_that_writes_cells_as_they_are_is_caught(app, monkeypatch):
    monkeypatch.setattr("app.export.inert", lambda value: value)
    with app.test_request_context():
        assert [cell for cell in exported("csv")[1] if runs(cell)]


def test_words_and_numbers_are_left_as_they_are():
    assert [inert(value) for value in ("李静", 5, None, "a=1", "1-2")] == ["李静", 5, "", "a=1", "1-2"]
    assert [inert(value) for value in ("+5.6%", "-100.0%")] == ["+5.6%", "-100.0%"]
    assert [inert(value) for value in ("+5.6%+1", "-1", "+1%%", "+5.6%\n")] == ["'+5.6%+1", "'-1", "'+1%%", "'+5.6%\n"]


@pytest.mark.sqlite_only
def test_a_refused_picture_leaves_neither_row_nor_file(app, client):
    client.sign_in("volunteer")
    bad = next(bad for bad in CATALOGUE["pictures"] if bad.what == "svg").value()
    sent = {
        "kind": "plan",
        "title": "标题",
        "body": "写几句",
        "pictures": (io.BytesIO(bad), "<img src=x onerror=alert(1)>.jpg"),
    }
    answer = client.post("/member/reports/new", data=sent)
    assert answer.status_code == 422 and "<img src=x" not in answer.text and "不是 JPEG" in answer.text
    assert not db.session.scalars(db.select(Picture)).all()
    assert not [path for path in Path(app.config["UPLOAD_URL"]).rglob("*") if path.is_file()]
