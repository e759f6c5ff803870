"""Read one table (Excel or CSV), as a program of its own: a file on stdin, one line of JSON on stdout.

It runs in a child process (app/media/sheets.py) under limits of memory and processor time, so that a hostile
file can only end this process. Answers {"rows": [[line, [cell, …]], …], "merged": [line, …]}: every row of the
first visible sheet that holds anything, its line counted from 1; or {"refused": kind, …}. A cell is text as a
person reads it ("2025-03-01" for a date), "" for an empty one, or {"bad": kind}: a formula is never evaluated
and never text, a number of more than 15 digits has lost its end. Any other end means that the file is damaged.
"""

import csv
import io
import json
import os
import re
import sys
import zipfile
from datetime import date, datetime
from typing import Any
from xml.parsers import expat

ROWS, COLUMNS, LONGEST = 10_000, 60, 200  # rows of people, columns, characters in a cell
SPARE = 20  # rows that may stand above the people: a title, the headings
UNPACKED, PARTS = 80 * 1024 * 1024, 500  # bytes and files inside an .xlsx
SMALL, RATIO = (
    1024 * 1024,
    150,
)  # a part above so many bytes unfolds at most so many times; real lists do 10 to 40 times
LAST_LINE = 200_000
MEMORY, SECONDS = 1024 * 1024 * 1024, 30  # bytes of address space, seconds of processor time
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and .xlsx with a password
CHUNK = 1 << 16
EXACT = 10**15  # a spreadsheet keeps 15 digits
FORMULA = {"bad": "formula"}


class No(Exception):
    """The file is refused: the answer to give."""

    def __init__(self, kind: str, **facts: Any) -> None:
        self.answer = {"refused": kind, **facts}
        super().__init__(kind)


def limit() -> None:
    """Let the system end this process when it takes more than a table may."""
    try:
        import resource

        os.nice(5)  # people who tick go first
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, AttributeError, ValueError, OSError):
        return  # a system without these limits; the parent's timeout remains


def text(value: Any) -> Any:
    """A cell as text, or {"bad": kind}."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)):
        if value != value or abs(value) >= EXACT:
            return {"bad": "digits"}
        return str(int(value)) if value == int(value) else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    plain = str(value)
    return plain if len(plain) <= LONGEST else {"bad": "long"}


class Sheet:
    """What the cells' XML says besides their values: where formulas stand, and how far the cells reach."""

    def __init__(self) -> None:
        self.formulas: dict[int, set[int]] = {}  # line → columns
        self.filled: set[int] = set()
        self.at, self.last_line, self.last_column = (0, 0), 0, 0

    def read(self, file: Any) -> None:
        """Go through the XML without keeping it. Raises No, or expat's error for XML that is none."""
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.StartDoctypeDeclHandler = self.start, self.doctype
        while chunk := file.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def doctype(self, *rest: Any) -> None:
        raise No("damaged")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(":")[2]
        if kind == "row":
            self.at = (int(attributes.get("r") or self.at[0] + 1), 0)
        elif kind == "c":
            self.at = place(attributes["r"]) if "r" in attributes else (self.at[0], self.at[1] + 1)
        elif kind in ("v", "is", "f"):
            self.fill(kind == "f")

    def fill(self, formula: bool) -> None:
        line, column = self.at
        self.filled.add(line)
        self.last_line, self.last_column = max(self.last_line, line), max(self.last_column, column)
        if formula:
            self.formulas.setdefault(line, set()).add(column)
        if self.last_line > LAST_LINE or self.last_column > COLUMNS:
            raise No("shape", columns=self.last_column)
        if len(self.filled) > ROWS + SPARE:
            raise No("rows")


def place(reference: str) -> tuple[int, int]:
    """B5 → (5, 2)."""
    found = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", reference)
    if not found:
        raise No("damaged")
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def xlsx(data: bytes) -> dict[str, Any]:
    """The first visible sheet of an .xlsx."""
    book = zipfile.ZipFile(io.BytesIO(data))
    infos = book.infolist()
    names = {info.filename for info in infos}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise No("macro")
    if "xl/workbook.xml" not in names:
        raise No("kind")
    if len(infos) > PARTS or sum(info.file_size for info in infos) > UNPACKED or any(map(unfolds_too_far, infos)):
        raise No("bomb")
    for info in infos:  # sizes that were declared falsely fail here, at the checksum
        with book.open(info) as part:
            head = part.read(CHUNK)
            if b"<!DOCTYPE" in head.replace(b"\0", b""):  # no spreadsheet writes one; entities are made there
                raise No("damaged")
            while part.read(CHUNK):
                pass
    return sheet_of(data, book)


def unfolds_too_far(info: zipfile.ZipInfo) -> bool:
    """Whether a part is so much larger than what lies in the file that nobody typed it."""
    return info.file_size > max(SMALL, RATIO * info.compress_size)


def sheet_of(data: bytes, book: zipfile.ZipFile) -> dict[str, Any]:
    """Its rows, read by calamine, with the formulas put in their places."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    opened = CalamineWorkbook.from_filelike(io.BytesIO(data))
    wanted = next(
        (
            one.name
            for one in opened.sheets_metadata
            if one.visible == SheetVisibleEnum.Visible and one.typ == SheetTypeEnum.WorkSheet
        ),
        None,
    )
    if wanted is None:
        raise No("empty")
    shape = Sheet()
    with book.open(part_of(book, wanted)) as part:
        shape.read(part)
    sheet = opened.get_sheet_by_name(wanted)
    rows = []
    for line, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        formulas = shape.formulas.get(line, ())
        rows.append((line, [FORMULA if at in formulas else text(value) for at, value in enumerate(cells, start=1)]))
    merged = sorted({line + 1 for start, end in sheet.merged_cell_ranges or () for line in range(start[0], end[0] + 1)})
    return {"rows": rows, "merged": merged[: ROWS + SPARE]}


def part_of(book: zipfile.ZipFile, sheet: str) -> str:
    """The file inside the book that holds this sheet."""
    from xml.etree import ElementTree

    relation = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
    tree = ElementTree.fromstring(book.read("xl/workbook.xml"))  # noqa: S314  (a child process under limits)
    links = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    id = next((one.get(relation) for one in tree.iter() if one.tag.endswith("}sheet") and one.get("name") == sheet), "")
    target = next((one.get("Target") or "" for one in links if one.get("Id") == id), "")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def plain(data: bytes) -> dict[str, Any]:
    """The rows of a CSV in UTF-8 or GB18030."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise No("encoding")
    if b"\x00" in data[: 1 << 20]:
        raise No("kind")
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            source = data.decode("gb18030")
        except UnicodeDecodeError:
            raise No("encoding") from None
    head = source[:2000]
    delimiter = max(",\t;", key=head.count)
    reader = csv.reader(io.StringIO(source, newline=""), delimiter=delimiter)
    rows, line = [], 1
    for cells in reader:
        if len(cells) > COLUMNS:
            raise No("shape", columns=len(cells))
        rows.append((line, [text(cell) for cell in cells]))
        line = reader.line_num + 1
        if len(rows) > LAST_LINE:
            raise No("rows")
    return {"rows": rows, "merged": []}


def read(data: bytes) -> dict[str, Any]:
    """The answer to this file."""
    if data.startswith(OLD_EXCEL):
        raise No("old")
    found = xlsx(data) if data.startswith(b"PK") else plain(data)
    found["rows"] = [row for row in found["rows"] if any(isinstance(c, dict) or c.strip() for c in row[1])]
    if not found["rows"]:
        raise No("empty")
    if len(found["rows"]) > ROWS + SPARE:
        raise No("rows")
    return found


def main() -> None:
    """Read, judge, write."""
    try:
        answer = read(sys.stdin.buffer.read())
    except No as no:
        answer = no.answer
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())


if __name__ == "__main__":
    limit()
    main()
