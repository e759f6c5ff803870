"""Files of people for tests: as Excel or CSV, good ones and bad ones, and invitations made of them."""

import io
from datetime import datetime
from typing import Any

from app.db import db
from app.media.sheets import read_sheet
from app.models import Import, Invitation
from app.models.imports.columns import COLUMNS
from app.models.imports.file import Choices
from app.models.imports.importing import ImportStatus
from app.models.volunteers.identity import Employment, Political
from tests import cast
from tests.applicants import card

HEADINGS = [column.heading for column in COLUMNS]
CARD = card(7)  # the invited person's
SUN = {  # 孙丽 is `member` of the cast
    "姓名": "孙丽",
    "手机号": "13800000005",
    "政治面貌": "中共党员",
    "在职情况": "退休",
    "服务社区": "鼓楼区/黄楼街道/万通社区",
}


def line(**changes: Any) -> dict[str, Any]:
    """孙丽's row with these cells."""
    return SUN | changes


def people(number: int, **changes: Any) -> list[dict[str, Any]]:
    """So many different people of 万通社区, three services each."""
    return [
        line(**({"姓名": f"王{chr(0x4E00 + n // 500)}{chr(0x4E00 + n % 500)}", "手机号": f"136{n:08d}", "服务次数": 3} | changes))
        for n in range(number)
    ]  # fmt: skip


def xlsx(rows: list[dict[str, Any]], *, title: str = "", merge: str = "", formula: str = "") -> bytes:
    """An .xlsx with a row of headings; `merge` = "A1:C1", `formula` = a cell that holds one, "B2"."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet, dated = book.add_worksheet("名单"), book.add_format({"num_format": "yyyy-mm-dd"})
    table = ([[title]] if title else []) + [HEADINGS] + [[row.get(name, "") for name in HEADINGS] for row in rows]
    for y, cells in enumerate(table):
        for x, value in enumerate(cells):
            if isinstance(value, datetime):
                sheet.write_datetime(y, x, value, dated)
            elif value != "":
                sheet.write(y, x, value)
    if merge:
        sheet.merge_range(merge, title or "合并")
    if formula:
        sheet.write_formula(formula, "=1+1", None, "13800000005")
    book.close()
    return file.getvalue()


def csv(rows: list[dict[str, Any]], encoding: str = "utf-8-sig") -> bytes:
    """The same as CSV."""
    lines = [",".join(HEADINGS)] + [",".join(str(row.get(name, "")) for name in HEADINGS) for row in rows]
    return "\r\n".join(lines).encode(encoding)


def bring(rows: list[dict[str, Any]], by: str = "city", name: str = "名单.csv", **choices: Any) -> Import:
    """Check these rows."""
    return Import.check(read_sheet(name, csv(rows)), Choices(**choices), by=cast.who(by))


def invite(*rows: dict[str, Any], **choices: Any) -> Invitation:
    """Carry out a file of these rows; the invitation of the first."""
    done = bring(list(rows), **choices)
    assert not done.wrong, done.wrong
    done.carry_out(by=cast.who("city"))
    return db.session.scalars(
        db.select(Invitation).where(Invitation.import_id == done.id).order_by(Invitation.id)
    ).first()


def brought_in(code: str) -> dict[str, Any]:
    """A file of the district of `code` that was carried out, and the one person in it, who waits."""
    whole = Import(name="名单.csv", digest=code, rows=1, people=1, carried=1, status=ImportStatus.DONE)
    whole.district_code = code[:6]
    db.session.add(whole)
    db.session.flush()
    one = Invitation(import_id=whole.id, line=2, name="来小人", phone_tail="0000", services=1)
    one.political, one.employment = Political.PARTY, Employment.RETIRED
    one.locate(code)
    db.session.add(one)
    db.session.flush()
    return {"import": whole, "invitation": one}
