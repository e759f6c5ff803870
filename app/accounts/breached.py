"""Passwords known from breaches, where the operator keeps a list of them (BREACHED_PASSWORDS).

The file is the one that Have I Been Pwned offers for download: a line for each password, its SHA-1 in hexadecimal,
a colon and a count, sorted by the SHA-1. It has tens of gigabytes and is never read whole: thirty-odd reads find a
line or its absence. Nothing is asked outside. SHA-1 guards nothing here: it is the name under which the list keeps a word.
"""

import hashlib
from pathlib import Path
from typing import BinaryIO

from flask import current_app


def is_breached(password: bytes) -> bool:
    """Whether the operator's list has this password; False where there is no list."""
    path = current_app.config["BREACHED_PASSWORDS"]
    if not path:
        return False
    name = hashlib.sha1(password, usedforsecurity=False).hexdigest().upper().encode()
    with Path(path).open("rb") as lines:
        return _has(lines, name, Path(path).stat().st_size)


def _has(lines: BinaryIO, wanted: bytes, size: int) -> bool:
    """Halve the file until the line is found; `low` is always the beginning of a line."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        start = _line_after(lines, middle)
        name = lines.readline().partition(b":")[0].strip().upper() if start < high else b""
        if name == wanted:
            return True
        if name and name < wanted:
            low = lines.tell()
        else:
            high = middle
    return False


def _line_after(lines: BinaryIO, place: int) -> int:
    """Go to the first beginning of a line at or after this place."""
    lines.seek(max(place - 1, 0))
    if place:
        lines.readline()
    return lines.tell()
