"""Make one picture safe, as a program of its own: a file on stdin, a line of JSON and two JPEGs on stdout.

It runs in a child process (app/media/pictures.py) under limits of memory and processor time, so that a
hostile file can only end this process, and a large one holds up nobody. Imports Pillow alone.

The first line is {"size": [w, h], "thumb": [w, h], "bytes": [n, m]}, followed by n and m bytes, or
{"refused": "kind"} / {"refused": "pixels", "pixels": n}. Any other end (an exit code that is not 0)
means that the file is damaged. Nothing of the file but its pixels survives (SPEC section 4).
"""

import json
import os
import struct
import sys
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, UnidentifiedImageError

PIXELS = 50_000_000
LARGE, THUMB = 1600, 480  # the longest side, in pixels
QUALITY = 82
MEMORY = 1536 * 1024 * 1024  # bytes of address space: a 50-megapixel PNG with transparency fits
SECONDS = 20  # of processor time
ORIENTATION = 0x0112  # the EXIF tag
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def limit() -> None:
    """Let the system end this process when it takes more than a picture may."""
    try:
        import resource

        os.nice(5)  # people who tick go first
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, AttributeError, ValueError, OSError):
        return  # a system without these limits; the parent's timeout remains


def declared_pixels(data: bytes) -> int:
    """Width × height as a WebP file's head declares them (its reader would make room for all at once)."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return 0
    kind, body = data[12:16], data[20:30]
    if kind == b"VP8X":
        width, height = (int.from_bytes(body[at : at + 3], "little") + 1 for at in (4, 7))
    elif kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        width, height = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    return width * height


def orientation(image: Any) -> Any:
    """How its EXIF says to turn the picture upright, a key of TURNS; unreadable EXIF says nothing."""
    try:
        return image.getexif().get(ORIENTATION)
    except (ValueError, SyntaxError, TypeError, KeyError, struct.error):
        return None


def plain_colours(image: Any, profile: bytes | None) -> Any:
    """RGB on white: transparency flattened, the colour profile applied (it is dropped afterwards)."""
    if image.has_transparency_data:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            theirs, ours = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
            image = ImageCms.profileToProfile(image, theirs, ours, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            profile = None  # a broken profile: the colours as they are
    return image.convert("RGB")


def resizable(image: Any) -> Any:
    """A mode in which shrinking looks right: palettes and keyed colours as real ones, 16 bits as 8."""
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.has_transparency_data and image.mode not in ("RGBA", "LA"):
        return image.convert("RGBA")
    return image.convert("RGB") if image.mode in ("1", "P") else image


def jpeg(image: Any) -> bytes:
    """The pixels alone: a new image has no comment, profile or EXIF to write."""
    clean, out = Image.new("RGB", image.size), BytesIO()
    clean.paste(image)
    clean.save(out, "JPEG", quality=QUALITY, progressive=True, optimize=True)
    return out.getvalue()


def answer(head: dict[str, Any], *files: bytes) -> None:
    """Write the line and the files."""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + b"".join(files))
    sys.stdout.buffer.flush()


def opened(data: bytes) -> Any:
    """The picture, its head read and not one pixel, or None after answering why it is refused."""
    pixels, image = declared_pixels(data), None
    if pixels <= PIXELS:
        try:
            image = Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
        except UnidentifiedImageError:
            return answer({"refused": "kind"})
        pixels = image.width * image.height
    return answer({"refused": "pixels", "pixels": pixels}) if pixels > PIXELS else image


def safe(image: Any) -> tuple[dict[str, Any], bytes, bytes]:
    """What is answered of an opened picture: its measures, and its pixels in two sizes."""
    way, profile = orientation(image), image.info.get("icc_profile")
    image = resizable(image)
    image.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    upright = image.transpose(TURNS[way]) if way in TURNS else image
    large = plain_colours(upright, profile)
    small = large.copy()
    small.thumbnail((THUMB, THUMB), Image.Resampling.LANCZOS, reducing_gap=2.0)
    files = jpeg(large), jpeg(small)
    return {"size": large.size, "thumb": small.size, "bytes": [len(file) for file in files]}, *files


def main() -> None:
    """Read, judge, make safe, write."""
    Image.MAX_IMAGE_PIXELS = None  # we judge ourselves, before any pixel is read
    image = opened(sys.stdin.buffer.read())
    if image is not None:
        answer(*safe(image))


if __name__ == "__main__":
    limit()
    main()
