"""Thirty-five files that are no list of people: none may bring in a row. `value` makes (file name, bytes)."""

import io
import zipfile
from collections.abc import Callable

from tests.badinput import REFUSED, Bad
from tests.people_files import HEADINGS, csv, line, people, xlsx

ROOM = "xl/worksheets/sheet1.xml"
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "haha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
)


def book(**changed: bytes | None) -> bytes:
    """A sound .xlsx with these parts put in (None takes one out); `__` stands for the slash, names end in .xml."""
    source, target = zipfile.ZipFile(io.BytesIO(xlsx([line()]))), io.BytesIO()
    parts: dict[str, bytes | None] = {name: source.read(name) for name in source.namelist()}
    parts |= {name.replace("__", "/"): content for name, content in changed.items()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            if content is not None:
                out.writestr(name, content)
    return target.getvalue()


def part(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A sound .xlsx with one of its parts changed."""
    inside = zipfile.ZipFile(io.BytesIO(xlsx([line()]))).read(name)
    return book(**{name: change(inside)})


def declared(doctype: bytes, name: str = ROOM) -> bytes:
    """A sound .xlsx with this document type in front of a part."""
    return part(name, lambda inside: doctype + inside.split(b"?>", 1)[1])


def sheet(rows: bytes) -> bytes:
    """A sheet's XML with these rows."""
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return b'<?xml version="1.0"?><worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (space, rows)


def falsely_small() -> bytes:
    """A bomb whose directory says that it unfolds to nothing."""
    whole = bytearray(book(**{ROOM: b"0" * 90_000_000}))
    at = whole.find(ROOM.encode(), whole.find(b"PK\x01\x02"))
    whole[at - 46 + 24 : at - 46 + 28] = (1000).to_bytes(4, "little")
    return bytes(whole)


def nested() -> bytes:
    """A bomb in a bomb."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("0", b"0" * 50_000_000)
    return book(**{"xl/embeddings/1.zip": inner.getvalue(), "xl/media/1.bin": b"0" * 90_000_000})


def many_parts() -> bytes:
    return book(**{f"xl/x{n}.xml": b"<a/>" for n in range(600)})


def table(rows: str, encoding: str = "utf-8") -> bytes:
    return (",".join(HEADINGS) + "\r\n" + rows).encode(encoding)


CELLS = ",".join(str(line().get(name, "")) for name in HEADINGS)
MADE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty": ("a.xlsx", bytes),
    "a picture": ("a.xlsx", lambda: b"\xff\xd8\xff\xe0" + b"\0" * 500),
    "a page": ("a.csv", lambda: b"<html><script>alert(1)</script></html>"),
    "an old xls": ("a.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000),
    "a zip that is no book": ("a.xlsx", lambda: book(**{"xl/workbook.xml": None})),
    "half a book": ("a.xlsx", lambda: book()[:3000]),
    "only a zip's head": ("a.xlsx", lambda: b"PK\x03\x04"),
    "a zip bomb": ("a.xlsx", lambda: book(**{ROOM: b"0" * 90_000_000})),
    "a bomb with a false size": ("a.xlsx", falsely_small),
    "a part that unfolds a thousand times": ("a.xlsx", lambda: book(**{"xl/media/1.bin": b"0" * 20_000_000})),
    "a bomb in a book": ("a.xlsx", nested),
    "six hundred parts": ("a.xlsx", many_parts),
    "a macro": ("a.xlsm", lambda: book(**{"xl/vbaProject.bin": b"\xd0\xcf"})),
    "a macro with capitals": ("a.xlsx", lambda: book(**{"xl/VBAPROJECT.BIN": b"\xd0\xcf"})),
    "an external entity in the sheet": ("a.xlsx", lambda: declared(ENTITY)),
    "an external entity in the book": ("a.xlsx", lambda: declared(ENTITY, "xl/workbook.xml")),
    "an external entity in the strings": ("a.xlsx", lambda: declared(ENTITY, "xl/sharedStrings.xml")),
    "a billion laughs in the sheet": ("a.xlsx", lambda: declared(LAUGHS)),
    "a billion laughs in the book": (
        "a.xlsx",
        lambda: part(
            "xl/workbook.xml", lambda xml: LAUGHS + xml.split(b"?>", 1)[1].replace(b'name="', b'name="&j;', 1)
        ),
    ),
    "a sheet that is no xml": ("a.xlsx", lambda: book(**{ROOM: b"<worksheet"})),
    "a cell at no place": ("a.xlsx", lambda: book(**{ROOM: sheet(b'<row r="1"><c r="../1"><v>1</v></c></row>')})),
    "a cell at the end of the world": (
        "a.xlsx",
        lambda: book(**{ROOM: sheet(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')}),
    ),
    "a row that is no number": ("a.xlsx", lambda: book(**{ROOM: sheet(b'<row r="x"><c r="A1"><v>1</v></c></row>')})),
    "a sheet outside the book": (
        "a.xlsx",
        lambda: part(
            "xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"worksheets/sheet1.xml", b"../../../etc/passwd")
        ),
    ),
    "a sheet of another machine": (
        "a.xlsx",
        lambda: part(
            "xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"worksheets/sheet1.xml", b"http://127.0.0.1:9/")
        ),
    ),
    "formulas instead of values": ("a.xlsx", lambda: xlsx([line()], formula="B2")),
    "merged cells": ("a.xlsx", lambda: xlsx([line(), line(手机号="13800000006")], merge="A2:C3")),
    "ten thousand and thirty rows": ("a.csv", lambda: csv(people(10_030))),
    "sixty-one columns": ("a.csv", lambda: ("," * 61 + "\r\n").encode() * 3),
    "two hundred thousand empty rows": ("a.csv", lambda: table("\r\n" * 200_005 + CELLS)),
    "utf-16": ("a.csv", lambda: table(CELLS, "utf-16")),
    "no known encoding": ("a.csv", lambda: table(CELLS).replace("孙".encode(), b"\xff\xff\x80")),
    "gbk with formulas": ("a.csv", lambda: table(CELLS.replace("孙丽", "=cmd|' /C calc'!A1"), "gbk")),
    "nul": ("a.csv", lambda: table(CELLS.replace("孙丽", "孙\0丽"))),
    "an endless quote": ("a.csv", lambda: table('"' + CELLS + "\r\n" * 1000)),
    "an endless cell": ("a.csv", lambda: table(CELLS.replace("孙丽", "孙" * 1_000_000))),
    "markup for a name": ("a.csv", lambda: table(CELLS.replace("孙丽", "<script xq>alert(1)</script>"))),
    "eleven megabytes": ("a.csv", lambda: table((CELLS + "\r\n") * 140_000)),
}
ALL = [Bad(what, made, REFUSED, "sheet") for what, made in MADE.items()]
