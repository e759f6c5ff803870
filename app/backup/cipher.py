"""The encrypted file: a stream of frames, each sealed by AES-256-GCM, which can be neither cut, mixed nor altered.

    magic · salt · { length · ciphertext } …

Every file has a key of its own (HKDF over BACKUP_KEY and the salt). The nonce counts the frames and says which is
the last; magic and salt are authenticated with every frame. `BACKUP_KEY` may list several keys, newest first: the
first seals, each opens.
"""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"XZVOLUNTEER-BACKUP-1\n"
SALT = 16
FRAME = 1024 * 1024
LENGTH = struct.Struct(">I")
OVERHEAD = 16  # what GCM adds to a frame


class Damaged(ValueError):
    """The file is no backup, cut off, altered, or of another key; the message says so to the operator."""


def _key(secret: str, salt: bytes) -> AESGCM:
    derived = HKDF(SHA256(), 32, salt, b"backup").derive(secret.strip().encode())
    return AESGCM(derived)


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Sealer:
    """Writes into `file`; nothing of the plain text reaches it. `close` writes the last frame."""

    def __init__(self, file: BinaryIO, secret: str) -> None:
        self.file, self.buffer, self.number = file, bytearray(), 0
        salt = os.urandom(SALT)
        self.bound = MAGIC + salt
        self.key = _key(secret.split(",")[0], salt)
        file.write(self.bound)

    def write(self, data: bytes) -> None:
        """Add to the plain text."""
        self.buffer += data
        while len(self.buffer) > FRAME:
            self._frame(bytes(self.buffer[:FRAME]), last=False)
            del self.buffer[:FRAME]

    def close(self) -> None:
        """Seal what is left, as the last frame; the file itself stays open."""
        self._frame(bytes(self.buffer), last=True)
        self.buffer.clear()

    def _frame(self, plain: bytes, *, last: bool) -> None:
        sealed = self.key.encrypt(_nonce(self.number, last), plain, self.bound)
        self.file.write(LENGTH.pack(len(sealed)) + sealed)
        self.number += 1


def opened(file: BinaryIO, secret: str) -> Iterator[bytes]:
    """The plain text, frame by frame. Raises Damaged before anything of a wrong frame is handed out."""
    bound = file.read(len(MAGIC) + SALT)
    if len(bound) < len(MAGIC) + SALT or not bound.startswith(MAGIC):
        raise Damaged("这不是本系统的备份文件。")
    keys = [_key(one, bound[len(MAGIC) :]) for one in secret.split(",")]
    number, frame, following = 0, _read_frame(file), b""
    while frame is not None:
        upcoming = _read_frame(file)
        for key in keys:
            try:
                following = key.decrypt(_nonce(number, upcoming is None), frame, bound)
            except InvalidTag:
                continue
            keys = [key]
            break
        else:
            raise Damaged(_why(number))
        yield following
        number, frame = number + 1, upcoming
    if not number:
        raise Damaged(_why(number))


def _read_frame(file: BinaryIO) -> bytes | None:
    """The next frame as it lies in the file, None at its end; a cut one does not open."""
    head = file.read(LENGTH.size)
    if not head:
        return None
    size = LENGTH.unpack(head)[0] if len(head) == LENGTH.size else 0
    if size > FRAME + OVERHEAD:
        raise Damaged("备份文件已损坏。")
    return file.read(size)


def _why(number: int) -> str:
    if number:
        return "备份文件已损坏，或没有写完。"
    return "打不开：BACKUP_KEY 不是备份时的，或文件已损坏。"
