"""Tables that people upload (SPEC section 4, import): an Excel or CSV file as rows of text, nothing evaluated.

The work is done by app/media/sheet_child.py in a process of its own, one at a time, with no transaction open.
A view does, like with pictures (app/media/uploads.py):

    @requires(Permission.IMPORTS)
    @receives_sheet("file")
    @once
    def …:
        form = UploadForm()  # has file = SheetField("文件"); .data is a Sheet
"""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from flask import g, request
from wtforms import Field
from wtforms.widgets import FileInput

from app import turns
from app.db import db
from app.media.pictures import PASSED_ON
from app.text import squeeze

BYTES = 10 * 1024 * 1024
TIMEOUT, PATIENCE = 60, 30  # seconds for one file, and to wait for a turn
CHILD = Path(__file__).with_name("sheet_child.py")
WORDS = {
    "empty": "文件里没有内容，请检查是否存错了文件。",
    "kind": "不是 Excel（.xlsx）或 CSV 表格，请换一个文件。",
    "old": "是旧版 Excel（.xls）或者加了密码，请用 Excel 打开，另存为不加密码的“Excel 工作簿（.xlsx）”。",
    "macro": "带有宏，不能接收。请另存为不带宏的“Excel 工作簿（.xlsx）”。",
    "bomb": "展开以后太大，不能接收。请只保留名单这一张表，另存后再传。",
    "damaged": "不完整或已损坏，请重新另存一次再传。",
    "encoding": "的文字编码认不出来，请另存为“CSV UTF-8”或 .xlsx 再传。",
    "rows": "超过 10000 行，请分成几个文件。",
    "shape": "的内容铺得太开（列数或行数过多），请只保留名单这一张表。",
}

_turns = threading.BoundedSemaphore(1)


class BadSheet(ValueError):
    """The file is no table that we take; the message says why in Chinese, to follow the file's name."""


@dataclass(frozen=True)
class Sheet:
    """A table that was read: (line, cells) of every row that holds anything, and the lines with merged cells.

    A cell is text, or {"bad": "formula" | "digits" | "long"}.
    """

    name: str
    digest: str
    rows: list[tuple[int, list[Any]]]
    merged: frozenset[int]


def read_sheet(name: str, data: bytes) -> Sheet:
    """The first sheet of the file called `name`. Raises BadSheet."""
    if not data:
        raise BadSheet("是空的（0 字节），请重新选择。")
    if len(data) > BYTES:
        raise BadSheet(f"超过 {BYTES // 1024 // 1024} MB，请分成几个文件。")
    with turns.elsewhere(_turns, PATIENCE, BadSheet("没有收下：现在上传的人较多，请过一会儿再传。")):
        answer = json.loads(_run(data))
    if "refused" in answer:
        raise BadSheet(WORDS[answer["refused"]])
    digest = hashlib.sha256(data).hexdigest()
    return Sheet(name, digest, [(line, cells) for line, cells in answer["rows"]], frozenset(answer["merged"]))


def _run(data: bytes) -> bytes:
    """What the child process answers; BadSheet when it was ended, or died of the file."""
    surroundings = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    command = [sys.executable, "-I", str(CHILD)]
    try:
        child = subprocess.run(
            command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=TIMEOUT, env=surroundings, check=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BadSheet("处理时间太长，请分成几个文件。") from None
    except subprocess.CalledProcessError:
        raise BadSheet(WORDS["damaged"]) from None
    return child.stdout


def receives_sheet(field: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator that reads the file before the view: between @requires and @once. Ends the transaction."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def received(*args: Any, **kwargs: Any) -> Any:
            file = request.files.get(field)
            if file and file.filename:
                db.session.rollback()  # nobody waits for our write lock while the file is being read
                g.sheet = _judged(file.filename, file.stream.read(BYTES + 1))
            return view(*args, **kwargs)

        return received

    return decorate


def _judged(filename: str, data: bytes) -> Sheet | str:
    """The sheet, or what is wrong with the file."""
    name = squeeze(filename.replace("\\", "/").rpartition("/")[2])[-80:]
    try:
        return read_sheet(name, data)
    except BadSheet as bad:
        return f"“{name}”{bad}"


class SheetField(Field):
    """A table; `.data` is a Sheet, or None when there is none or it is bad."""

    widget = FileInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        found = g.get("sheet")
        self.data = found if isinstance(found, Sheet) else None
        self.process_errors = [found] if isinstance(found, str) else []
        self.errors = list(self.process_errors)
