"""Pictures made by tests: good ones with GPS in them, and bad ones of every kind."""

import random
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

from PIL import Image

GPS, ORIENTATION, MAKE, DESCRIPTION = 0x8825, 0x0112, 0x010F, 0x010E
CANARY = b"GPS-CANARY-3203"


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """The bytes of a picture."""
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def photo(width: int = 640, height: int = 480, orientation: int = 1) -> bytes:
    """A JPEG as a phone takes it: red on the left, blue on the right, with GPS, a maker and a comment."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE], exif[DESCRIPTION] = orientation, CANARY.decode(), CANARY.decode()
    exif.get_ifd(GPS).update({1: "N", 2: (34.0, 16.0, 12.0), 3: "E", 4: (117.0, 11.0, 24.0)})
    return encoded(image, exif=exif, comment=CANARY)


def noise(megabytes: float) -> bytes:
    """A JPEG followed by so many megabytes of noise."""
    return photo() + random.Random(1).randbytes(int(megabytes * 1024 * 1024))


def png_head(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds next to nothing: a bomb for who decodes before looking."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)


def large(kind: str = "PNG", width: int = 10_000, height: int = 6_000) -> bytes:
    """A real picture of 60 megapixels."""
    mode, options = ("1", {}) if kind == "PNG" else ("RGB", {"quality": 1, "method": 0})
    return encoded(Image.new(mode, (width, height)), kind, **options)


def animation(kind: str = "GIF") -> bytes:
    """Two moving frames."""
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green")]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:])


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><script>alert('payload')</script></html>"
# what each refused file is called, what makes its bytes, and what the message says of it
_REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "漫画.jpg": (lambda: SVG, "不是 JPEG、PNG 或 WebP 图片"),
    "网页.jpg": (lambda: HTML, "不是 JPEG、PNG 或 WebP 图片"),
    "动图.jpg": (animation, "不是 JPEG、PNG 或 WebP 图片"),
    "空的.jpg": (bytes, "0 字节"),
    "半张.jpg": (lambda: photo()[:2000], "不完整或已损坏"),
    "半张.png": (lambda: encoded(Image.effect_noise((400, 300), 90), "PNG")[:9000], "不完整或已损坏"),
    "炸弹.png": (lambda: png_head(60_000, 60_000), "超过 5000 万"),
    "谎话.png": (lambda: png_head(4_000, 4_000), "不完整或已损坏"),
    "六千万.png": (lambda: large("PNG"), "6000 万像素，超过 5000 万"),
    "六千万.webp": (lambda: large("WEBP"), "6000 万像素，超过 5000 万"),
    "太重.jpg": (lambda: noise(11), "11.0 MB，超过 10 MB"),
}
BAD = tuple(_REFUSED)


def bad(name: str) -> tuple[bytes, str]:
    """The bytes of this refused file, made when a test asks for them, and what the message says of it."""
    make, words = _REFUSED[name]
    return make(), words
