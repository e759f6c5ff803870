"""`flask import-people`: a dry run unless told otherwise; one wrong row writes nobody and exits 1."""

from datetime import timedelta

import pytest

from app import clock
from app.db import db
from app.models import Import, Invitation
from app.models.imports.importing import ImportStatus
from tests.people_files import bring, csv, line, people, xlsx


@pytest.fixture
def run(app, tmp_path):
    """Run the command on a file with these rows; returns (exit code, what it printed)."""

    def ran(rows, *options, name="名单.xlsx"):
        file = tmp_path / name
        file.write_bytes(rows if isinstance(rows, bytes) else xlsx(rows) if name.endswith("xlsx") else csv(rows))
        db.session.commit()
        result = app.test_cli_runner().invoke(args=["import-people", str(file), *options])
        db.session.expire_all()
        return result.exit_code, result.output

    return ran


def count(model):
    return db.session.scalar(db.select(db.func.count()).select_from(model))


def test_it_checks_and_only_with_go_makes_invitations(run):
    rows = [line(服务次数=3), *people(2)]
    code, said = run(rows, "--closes-on", "2025-12-31")
    assert (code, count(Import), count(Invitation)) == (0, 0, 0)
    assert "检查通过：3 行，3 人，9 次服务" in said and "加上 --go" in said
    code, said = run(rows, "--closes-on", "2025-12-31", "--go")
    assert code == 0 and "已导入 3 人" in said, said
    assert (count(Import), count(Invitation)) == (1, 3)
    code, said = run(rows, "--closes-on", "2025-12-31", "--go")
    assert code == 1 and "以前导入过" in said and count(Invitation) == 3


def test_a_wrong_row_names_itself_and_nobody_is_written(run):
    code, said = run([line(服务次数=3), *people(2, 政治面貌="同志")], "--go", name="名单.csv")
    assert code == 1 and count(Import) == count(Invitation) == 0
    assert "第 2 行“服务日期”" in said and "第 3 行“政治面貌”" in said and "有 5 处错误，没有导入任何人" in said


@pytest.mark.sqlite_only
def test_what_is_no_table_and_a_day_to_come_are_refused(run):
    assert run(b"\x89PNG\x00\x00")[0] == 1
    assert "不是 Excel" in run(b"\x89PNG\x00\x00")[1]
    assert "不能晚于今天" in run([line()], "--closes-on", f"{clock.today() + timedelta(days=1)}")[1]


def test_the_clock_forgets_a_check_that_nobody_carried_out(app):
    old, young = bring(people(2, 服务次数="")), bring([line()])
    old.created_at = clock.now() - timedelta(days=8)
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["tick"])
    db.session.expire_all()
    assert result.exit_code == 0 and f"导入 {old.id} 的名单已删除" in result.output
    assert (old.status, old.content, young.status) == (ImportStatus.FAILED, None, ImportStatus.CHECKED)
