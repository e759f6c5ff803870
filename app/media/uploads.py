"""Pictures in forms. What was sent once is not asked for again when another field must be mended.

Browsers cannot refill a file input, so the pictures of a form are stored as they arrive, belonging to
nothing yet (`receive`), and the form names them in hidden fields until it is saved. A view does:

    @requires(Permission.FEEDBACK)
    @receives("pictures", after=in_reach)  # or `receive("pictures")` before anything else
    @once
    def …:
        form = FeedbackForm(obj=feedback)  # has pictures = PicturesField("照片")
        form.carry(lambda: …)              # the verb calls Picture.arrange(row, form.pictures.data)

A press of 删除 or 上传 posts the form back without judging it: `form.stepping`, which `carry` knows.
Making a picture safe takes up to a second in a child process; it happens with no transaction open.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from flask import g, request
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.widgets import FileInput

from app.access import me
from app.db import apart, db
from app.media.pictures import MOST, BadPicture, SafePicture, make_safe
from app.models.picture import Picture
from app.text import squeeze

ALT = 120  # characters
DROP = "drop:"


def receive(*fields: str, most: int = MOST) -> None:
    """Store the good files of these fields as loose pictures of the signed-in person; note what is wrong.

    Ends the request's transaction, if there are any files: rows that were loaded before are read anew.
    """
    for field in fields:
        files = [file for file in request.files.getlist(field) if file.filename]
        if files:
            g.setdefault("received", {})[field] = _receive(files, most - len(_kept(field)))


def receives(
    *fields: str, most: int = MOST, after: Callable[..., Any] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`receive` as a decorator: between @requires (or @signed_in) and @once, whose key it would roll back.

    `after` is called first, with the view's arguments: it aborts with 404 what is out of reach, so that
    nothing is stored for whom the view would refuse.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def received(*args: Any, **kwargs: Any) -> Any:
            if after and request.files:
                after(*args, **kwargs)
            receive(*fields, most=most)
            return view(*args, **kwargs)

        return received

    return decorate


def _receive(files: Sequence[FileStorage], room: int) -> tuple[list[str], list[str]]:
    """(names of the pictures stored, sentences about the others)."""
    person = me().id
    db.session.rollback()  # nobody waits for our write lock while pictures are being made
    good: list[SafePicture] = []
    wrong: list[str] = []
    for file in files:
        try:
            if len(good) >= room:
                raise BadPicture("没有收下，图片太多了，请先删去一些。")
            good.append(make_safe(file.stream))  # type: ignore[arg-type]
        except BadPicture as bad:
            wrong.append(f"{_called(file)}：{bad}")
    return _store(good, person, wrong), wrong


def _store(pictures: Sequence[SafePicture], person: int, wrong: list[str]) -> list[str]:
    """Keep them in a transaction of their own: a form that fails must not lose them."""
    try:
        with apart() as session:
            return [Picture.keep(picture, by=person, session=session).name for picture in pictures]
    except OSError:  # no room left: nothing of this transaction remains
        wrong.append("服务器现在存不下图片，请稍后再传，或先不带图片保存。")
        return []


def _called(file: FileStorage) -> str:
    """The file's name as the person knows it, short enough to read, without what no page may hold (NUL)."""
    name = squeeze((file.filename or "").replace("\\", "/").rpartition("/")[2])
    return name if len(name) <= 40 else f"{name[:24]}…{name[-12:]}"


def _kept(field: str) -> list[str]:
    """The pictures that the form already names, without one whose 删除 was pressed."""
    dropped = request.form.get("picture_step", "").removeprefix(DROP)
    return [squeeze(name) for name in request.form.getlist(f"{field}_kept") if name != dropped]


class PicturesField(Field):
    """Up to `most` pictures with alt texts. `.data` is [(Picture, alt text)], for `Picture.arrange`.

    Give it the thing's present pictures as data (`FeedbackForm(obj=feedback)` or `pictures=[…]`).
    """

    widget = FileInput(multiple=True)

    def __init__(self, label: str = "", validators: Any = None, *, most: int = MOST, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.most = most

    def process_data(self, value: Sequence[Picture] | None) -> None:
        self.present = list(value or ())
        self.data = [(picture, picture.alt) for picture in self.present]

    def process_formdata(self, valuelist: list[Any]) -> None:
        new, wrong = g.get("received", {}).get(self.name, ([], []))
        if not new and not wrong and any(getattr(file, "filename", "") for file in valuelist):
            raise RuntimeError(f"the view did not receive({self.name!r}) before it made the form")
        found = Picture.usable([*_kept(self.name), *new], me(), self.present)
        self.data = [(picture, self._alt(picture)) for picture in found]
        if len(found) > self.most:
            wrong = [*wrong, f"最多 {self.most} 张，现在有 {len(found)} 张，请删去 {len(found) - self.most} 张。"]
        self.process_errors = [*wrong, *self._long_texts()]
        self.errors = list(self.process_errors)

    def _alt(self, picture: Picture) -> str:
        return squeeze(request.form.get(f"{self.name}_alt_{picture.name}", picture.alt))

    def _long_texts(self) -> list[str]:
        return [
            f"第 {place} 张图片的说明最多 {ALT} 个字，现在是 {len(alt)} 个。"
            for place, (_, alt) in enumerate(self.data, start=1)
            if len(alt) > ALT
        ]
