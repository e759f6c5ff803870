"""Pictures that were drawn for the product, made safe once each."""

from functools import cache
from pathlib import Path

from app.media.pictures import SafePicture, make_safe

FOLDER = Path(__file__).parent / "pictures"
ALTS = {
    "base1": "党群服务中心门前",
    "base2": "志愿服务驿站",
    "base3": "红色书屋",
    "team": "志愿者合影",
    "community": "志愿者在楼道里忙碌",
}


@cache
def drawn(name: str) -> SafePicture:
    """The drawing with this name, a category's slug or a key of ALTS."""
    return make_safe((FOLDER / f"{name}.jpg").read_bytes())
