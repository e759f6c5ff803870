"""Exports: CSV and Excel, row by row; in the request made whole, in a process of their own part after part. No formulas."""

import csv
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flask import Response, send_file
from flask.typing import ResponseReturnValue

from app import clock

KINDS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
STARTS = (
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＋",
    "－",
    "＠",
)  # of formulas; spreadsheets overlook what is invisible before them
CHANGE = re.compile(r"[+-][0-9]+(\.[0-9]+)?%")  # a number, not a formula: it stands as on the screen
Columns = Mapping[str, Callable[[Any], Any]]


def export(kind: str, name: str, columns: Columns, rows: Iterable[Any]) -> ResponseReturnValue:
    """A download of `rows` under the headings `columns`; the file is named after `name` and the day."""
    filename = f"{name}-{clock.today():%Y%m%d}.{kind}"
    if kind == "csv":
        headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
        lines = list(_csv(columns, rows))
        return Response(lines, mimetype="text/csv", headers=headers)
    file = io.BytesIO(b"".join(written(kind, columns, rows)))  # no file stays open behind the answer
    return send_file(file, KINDS["xlsx"], as_attachment=True, download_name=filename)


def written(kind: str, columns: Columns, rows: Iterable[Any]) -> Iterator[bytes]:
    """The same file as bytes, part after part, in bounded memory."""
    if kind == "csv":
        yield from (line.encode() for line in _csv(columns, rows))
        return
    with _xlsx(columns, rows) as file:
        while part := file.read(65536):
            yield part


def _csv(columns: Columns, rows: Iterable[Any]) -> Iterator[str]:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    yield "\ufeff" + out.getvalue()  # Excel needs the mark to read UTF-8
    for row in rows:
        out.seek(0)
        out.truncate()
        writer.writerow(inert(cell(row)) for cell in columns.values())
        yield out.getvalue()


def inert(value: Any) -> Any:
    """A CSV cell that a spreadsheet will not run as a formula."""
    if (
        isinstance(value, str)
        and not CHANGE.fullmatch(value)
        and (value.startswith(("\t", "\r", "\n")) or value.lstrip().startswith(STARTS))
    ):
        return f"'{value}"
    return "" if value is None else value


def _xlsx(columns: Columns, rows: Iterable[Any]) -> Any:
    import xlsxwriter  # 0.3 s cold: imported where it is used

    target = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the caller)
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    for position, heading in enumerate(columns):
        sheet.write_string(0, position, heading, bold)
    for number, row in enumerate(rows, start=1):
        for position, cell in enumerate(columns.values()):
            value = cell(row)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                sheet.write_number(number, position, value)
            else:
                sheet.write_string(number, position, "" if value is None else str(value))
    book.close()
    target.seek(0)
    return target
