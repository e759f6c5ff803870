"""The download: a page to read, a table for each section, the same as JSON, and the person's own pictures."""

import csv
import io
import json
import zipfile
from typing import IO

from flask import render_template

from app import clock, labels
from app.export import inert
from app.media.storage import store
from app.models.user import User
from app.mydata.sections import Section, pictures_of, sections


def packed(user: User) -> IO[bytes]:
    """The zip file, open at its start."""
    target = io.BytesIO()  # small: the texts about one person, and their own re-encoded pictures
    found, made_at = sections(user), labels.stamp(clock.now())
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("我的数据.html", render_template("member/my_data_file.html", sections=found, made_at=made_at))
        file.writestr("我的数据.json", json.dumps(_json(found, made_at), ensure_ascii=False, indent=1))
        for number, section in enumerate(found, start=1):
            file.writestr(f"表格/{number:02d} {section.title}.csv", _csv(section))
        for picture in pictures_of(user):
            try:
                file.writestr(f"图片/{picture.name}.jpg", store().read(picture.files[0]))
            except FileNotFoundError:
                continue  # its row says that it was there; nothing else is lost
    target.seek(0)
    return target


def _json(found: list[Section], made_at: str) -> dict[str, object]:
    tables = {one.title: [dict(zip(one.columns, row, strict=True)) for row in one.rows] for one in found}
    return {"生成时间": made_at, **tables}


def _csv(section: Section) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(section.columns)
    writer.writerows([inert(cell) for cell in row] for row in section.rows)
    return "\ufeff" + out.getvalue()  # Excel needs the mark to read UTF-8
