"""`flask import-regions`: a wrong file names its line in Chinese, and nothing is changed."""

import pytest
from sqlalchemy import select

from app.db import db
from app.models.region import Region

HEAD = "code,name,level\n"


def run(app, file):
    db.session.commit()
    result = app.test_cli_runner().invoke(args=["import-regions", str(file)])
    db.session.expire_all()
    return result


def names() -> list[tuple[str, str]]:
    return sorted(db.session.execute(select(Region.code, Region.name)).tuples())


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "第 1 行"),
        (HEAD.encode() + "320302,改名区,district\n999999,外地,district\n".encode(), "第 3 行"),
        (
            HEAD.encode() + "320302,改名区,district\n".encode() + "320303,云龙区,district\n".encode("gbk"),
            "第 3 行：不是 UTF-8",
        ),
        (HEAD.encode() + "\n\n320302,改名区,district\n\n999999,外地,district\n".encode(), "第 6 行"),
        (HEAD.encode() + b"320302," + b"x" * 140_000 + b",district\n", "第 2 行"),
        (HEAD.encode() + "320302,改名区\n".encode(), "第 2 行"),
    ],
)
def test_a_wrong_file_names_its_line_and_changes_nothing(app, tmp_path, content, said):
    before = names()
    file = tmp_path / "regions.csv"
    file.write_bytes(content)
    result = run(app, file)
    assert result.exit_code == 1 and said in result.output and "Traceback" not in result.output, result.output
    assert isinstance(result.exception, SystemExit) and names() == before


@pytest.mark.sqlite_only
def test_a_folder_is_no_file(app, tmp_path):
    result = run(app, tmp_path)
    assert result.exit_code == 2 and isinstance(result.exception, SystemExit)


@pytest.mark.sqlite_only
def test_a_name_of_the_file_replaces_ours_and_twice_changes_nothing(app, tmp_path):
    file = tmp_path / "regions.csv"
    file.write_text(HEAD + "320302,改名区,district\n", encoding="utf-8-sig")
    assert "更名 1" in run(app, file).output
    assert "新增 0，更名 0" in run(app, file).output
    assert ("320302", "改名区") in names()
