"""Pictures that were drawn for the product, made safe once each."""

from functools import cache
from pathlib import Path

from app.media.pictures import SafePicture

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
    """The drawing with this name, a category's slug or a key of ALTS.

    Made safe in this process: the file is our own, and a process of its own takes three times as long to begin as to work.
    """
    from app.media.picture_child import opened, safe  # Pillow, in this command alone

    head, large, thumb = safe(opened((FOLDER / f"{name}.jpg").read_bytes()))
    return SafePicture(large, thumb, *head["size"], *head["thumb"])
