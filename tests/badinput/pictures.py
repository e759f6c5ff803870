"""Twenty-eight bad pictures. REFUSED ones are named as no picture we take; MENDED ones come out as pixels alone.

`value` makes the file, since some are large. Every file that carries a payload carries CANARY.
"""

import random
import struct
import zlib
from collections.abc import Callable
from functools import partial
from io import BytesIO

from PIL import Image, PngImagePlugin

from tests.badinput import MENDED, REFUSED, Bad
from tests.support.photos import CANARY, HTML, SVG, animation, bad, encoded, large, photo, png_head

SMALL = Image.linear_gradient("L").resize((60, 40)).convert("RGB")
PAYLOAD = CANARY + HTML


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png_with_text() -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", PAYLOAD.decode())
    told.add_itxt("XML:com.adobe.xmp", PAYLOAD.decode())
    return encoded(SMALL, "PNG", pnginfo=told)


def _png_text_bomb() -> bytes:
    """A few kilobytes that unfold to 200 MB of text."""
    whole, packed = encoded(SMALL, "PNG"), zlib.compress(b"\0" * 200_000_000, 9)
    return whole[:33] + _chunk(b"zTXt", b"Comment\0\0" + packed) + whole[33:]


def _png_pixel_bomb() -> bytes:
    """A PNG of 1 by 1 whose data unfold to 300 MB."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"\0" * 300_000_000, 9)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _jpeg_with_thumbnail() -> bytes:
    """A JPEG whose comment holds another JPEG, and EXIF with the payload."""
    exif = Image.Exif()
    exif[0x010E] = PAYLOAD.decode()
    return encoded(SMALL, "JPEG", exif=exif, comment=encoded(SMALL, "JPEG") + PAYLOAD)


def _pdf_in_front() -> bytes:
    return b"%PDF-1.4\n" + CANARY + b"\n" + encoded(SMALL, "JPEG")


def _zip_behind() -> bytes:
    import zipfile

    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("payload.html", PAYLOAD)
    return encoded(SMALL, "PNG") + packed.getvalue()


def _tall() -> bytes:
    return encoded(Image.new("1", (1, 65_000)), "PNG")


MADE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "svg": (REFUSED, lambda: SVG + CANARY),
    "svg with a jpeg head": (REFUSED, lambda: b"\xff\xd8\xff" + SVG + CANARY),
    "html": (REFUSED, lambda: PAYLOAD),
    "empty": (REFUSED, bytes),
    "one byte": (REFUSED, lambda: b"\xff"),
    "gif that moves": (REFUSED, animation),
    "bmp": (REFUSED, lambda: encoded(SMALL, "BMP")),
    "tiff": (REFUSED, lambda: encoded(SMALL, "TIFF")),
    "ico": (REFUSED, lambda: encoded(SMALL, "ICO")),
    "postscript": (REFUSED, lambda: encoded(SMALL, "EPS")),
    "pdf with a jpeg in it": (REFUSED, _pdf_in_front),
    "half a jpeg": (REFUSED, lambda: photo()[:2000]),
    "half a png": (REFUSED, lambda: bad("半张.png")[0]),
    "half a webp": (REFUSED, lambda: encoded(Image.effect_noise((400, 300), 90), "WEBP")[:3000]),
    "bomb of declared size": (REFUSED, lambda: png_head(60_000, 60_000)),
    "size that is a lie": (REFUSED, lambda: png_head(4_000, 4_000)),
    "sixty megapixels png": (REFUSED, large),
    "sixty megapixels webp": (REFUSED, partial(large, "WEBP")),
    "eleven megabytes": (REFUSED, lambda: photo() + random.Random(1).randbytes(11 * 2**20)),
    "png with a text bomb": (REFUSED, _png_text_bomb),
    "png with too much data": (MENDED, _png_pixel_bomb),
    "jpeg with gps and comment": (MENDED, photo),
    "jpeg and html": (MENDED, lambda: photo() + PAYLOAD),
    "png and zip": (MENDED, _zip_behind),
    "png with text chunks": (MENDED, _png_with_text),
    "jpeg with a picture in its comment": (MENDED, _jpeg_with_thumbnail),
    "cmyk jpeg": (MENDED, lambda: encoded(SMALL.convert("CMYK"), "JPEG", comment=CANARY)),
    "png that moves": (MENDED, lambda: animation("PNG")),
    "webp with exif": (MENDED, lambda: encoded(SMALL, "WEBP", exif=_exif(), xmp=PAYLOAD)),
    "one pixel wide": (MENDED, _tall),
}


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = CANARY.decode()
    return exif


ALL = [Bad(what, make, must, "picture") for what, (must, make) in MADE.items()]
