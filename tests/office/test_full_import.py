"""A whole city's list, checked and carried out on the page and on the command line, saying how far it is."""

import re
from io import BytesIO
from typing import Any

import pytest

from app.db import db
from app.models import Import, Invitation
from app.models.imports.importing import AT_ONCE, ImportStatus
from tests.people_files import csv, people, xlsx

SOME, MANY = 1200, 10_000
SIZES = [pytest.param(SOME, id="some"), pytest.param(MANY, id="many", marks=pytest.mark.full)]


def invited() -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(Invitation)) or 0


def upload(client, data: bytes, name: str) -> str:
    """The address of what came of the check."""
    form = {"file": (BytesIO(data), name), "closes_on": "2025-12-31"}
    return str(client.submit("/office/imports/new", **form).headers["Location"])


@pytest.mark.parametrize("number", SIZES)
def test_the_page_checks_and_carries_out_thousand_by_thousand(client, number):
    client.sign_in("city")
    rows: list[dict[str, object]] = people(number)
    wrong = [row | {"手机号": "123"} if n == number - 1 else row for n, row in enumerate(rows)]
    failed = client.get(upload(client, xlsx(wrong), "坏.xlsx")).text
    assert "有 1 处要改，没有导入任何人" in failed and f"第 {number + 1} 行" in failed
    page = upload(client, xlsx(rows), "好.xlsx")
    assert f"导入 {number:,} 人" in client.get(page).text and not invited()
    shown = list(progress(client, page, number))
    assert shown == [*range(AT_ONCE, number, AT_ONCE)], "how far it is stands there after every thousand"
    assert invited() == number
    done = db.session.scalars(db.select(Import).where(Import.status == ImportStatus.DONE)).one()
    assert (done.people, done.carried) == (number, number)
    assert f"已发出 {number:,} 份邀请" in client.get(page).text


def progress(client, page: str, number: int):
    """How far each piece says the import is, until the last one leads on."""
    for _ in range(number // AT_ONCE + 2):
        answer = client.post(f"{page}/execution", htmx=True)
        if answer.status_code == 204:
            assert answer.headers["HX-Redirect"].endswith(page)
            return
        assert answer.status_code == 200
        yield int(re.search(rf"([\d,]+)</b> / {number:,} 人", answer.text).group(1).replace(",", ""))
    raise AssertionError("it never ended")


@pytest.mark.full
def test_the_command_brings_in_ten_thousand_and_counts_them(app, tmp_path):
    file = tmp_path / "全市.csv"
    file.write_bytes(csv(people(MANY)))

    def run(*more: str) -> Any:
        command = ["import-people", str(file), "--closes-on", "2025-12-31", *more]
        return app.test_cli_runner().invoke(args=command)

    checked = run()
    assert (
        checked.exit_code == 0
        and f"检查通过：{MANY} 行，{MANY} 人，{3 * MANY} 次服务" in checked.output
        and not invited()
    )
    done = run("--go")
    assert done.exit_code == 0 and f"已导入 {MANY} 人" in done.output and invited() == MANY
    assert run().exit_code == 1, "the same people once more"
