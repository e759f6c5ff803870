"""Pictures made safe (SPEC section 4): JPEG, PNG or WebP by content, re-encoded, nothing but pixels kept.

The work is done by app/media/picture_child.py in a process of its own, one at a time: it takes more
than 100 ms, must not hold up ticks, and a hostile file must not reach this process. Call `make_safe`
outside a transaction (app/media/uploads.py does): SQLite has one writer, and it would wait for the picture.
"""

import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app import turns

MOST = 9  # pictures of one thing
BYTES = 10 * 1024 * 1024
TIMEOUT, PATIENCE = 60, 30  # seconds for one picture, and to wait for a turn
CHILD = Path(__file__).with_name("picture_child.py")
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")  # never the secrets

_turns = threading.BoundedSemaphore(1)


class BadPicture(ValueError):
    """The file is no picture that we take; the message says why in Chinese, without the file's name."""


@dataclass(frozen=True)
class SafePicture:
    """A picture in two sizes, both JPEG without any metadata."""

    large: bytes
    thumb: bytes
    width: int
    height: int
    thumb_width: int
    thumb_height: int

    @property
    def sizes(self) -> dict[str, int]:
        """Its four measures in pixels, by name."""
        return {name: getattr(self, name) for name in ("width", "height", "thumb_width", "thumb_height")}


def make_safe(source: bytes | BinaryIO) -> SafePicture:
    """The picture made safe. Raises BadPicture."""
    data = source if isinstance(source, bytes) else source.read(BYTES + 1)
    if not data:
        raise BadPicture("文件是空的（0 字节），请重新选择。")
    if len(data) > BYTES:
        size = len(data) if isinstance(source, bytes) else source.seek(0, os.SEEK_END)
        raise BadPicture(f"有 {size / 1024 / 1024:.1f} MB，超过 10 MB，请压缩后再传。")
    with turns.elsewhere(_turns, PATIENCE, BadPicture("现在上传图片的人较多，请过一会儿再传。")):
        return _read(_run(data))


def _run(data: bytes) -> bytes:
    """What the child process answers; BadPicture when it was ended, or died of the file."""
    surroundings = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        child = subprocess.run(
            [sys.executable, "-I", str(CHILD)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT,
            env=surroundings,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise BadPicture("处理时间太长，请缩小后再传。") from None
    except subprocess.CalledProcessError:
        raise BadPicture("图片不完整或已损坏，请重新选择。") from None
    return child.stdout


def _read(answer: bytes) -> SafePicture:
    line, _, files = answer.partition(b"\n")
    head = json.loads(line)
    if head.get("refused") == "pixels":
        raise BadPicture(f"有 {head['pixels'] / 10_000:.0f} 万像素，超过 5000 万，请缩小后再传。")
    if head.get("refused"):
        raise BadPicture("不是 JPEG、PNG 或 WebP 图片，请换一张（iPhone 的 HEIC 照片请先转成 JPEG）。")
    cut = head["bytes"][0]
    return SafePicture(files[:cut], files[cut:], *head["size"], *head["thumb"])
