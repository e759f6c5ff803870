"""What all forms share: Chinese messages, a creation key, and the fields that people type into often.

A view asks `form.carry(verb)`: it validates, runs the verb and turns an Invalid into an error at its
field; None means 'show the form again with 422'. The template renders fields through `ui.field`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, HiddenField, IntegerField, SelectField, StringField, ValidationError
from wtforms.meta import DefaultMeta
from wtforms.validators import InputRequired, Optional, StopValidation
from wtforms.widgets import HiddenInput

from app import clock
from app.db import db
from app.fields_places import RegionField, RegionFilterField, UnitField
from app.models.history import last_line
from app.once import new_key
from app.refusal import Invalid
from app.text import is_phone, one_line, plain_card, plain_phone, squeeze, valid_id_card

STEPS = ("region_step", "picture_step", "preview")


class Form(FlaskForm):
    """A form in Chinese. Subclasses name their own fields only: nothing else can be set by a client."""

    class Meta(FlaskForm.Meta):
        locales = ("zh",)

        def get_translations(self, form: Any) -> Any:
            return Chinese(DefaultMeta.get_translations(self, form))  # Flask-WTF's own wants Flask-Babel

    def carry(self, verb: Callable[[], Any]) -> Any:
        """Run `verb` if every field is good; what it returns, or None after a wrong value."""
        if self.stepping or not self.validate_on_submit():
            return None
        try:
            done = verb()
        except Invalid as wrong:
            db.session.rollback()
            self.reject(wrong)
            return None
        return True if done is None else done

    def reject(self, wrong: Invalid) -> None:
        """Show a verb's objection at its field (or above the form when it has no such field)."""
        if wrong.field in self._fields:
            held = self._fields[wrong.field]
            held.errors = [*held.errors, wrong.message]
        else:
            self.form_errors.append(wrong.message)

    @property
    def wrong(self) -> bool:
        """Whether there is anything to mend."""
        return bool(self.errors)

    @property
    def status(self) -> int:
        """What the page with this form answers: 422 after a wrong value, 200 while it is shown or stepped through."""
        return 422 if self.wrong else 200

    @property
    def stepping(self) -> bool:
        """Whether a step of a picker or a preview was asked for: show the form again, judge nothing."""
        return request.method == "POST" and not request.form.keys().isdisjoint(STEPS)


class CreationForm(Form):
    """A form that creates something: its `key` makes a second sending harmless (app/once.py)."""

    key = HiddenField(default=new_key)


class SeenForm(Form):
    """A form that edits a row without a version of its own: `version` is the newest line of its history."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def over(self, row: Any) -> Any:
        """This form, for the row as it is now: saving it again is a decision, not an accident."""
        self.version.data, self.version.raw_data = last_line(row), None
        return self


class Chinese:
    """WTForms' own Chinese messages, and ours for those it says in a way nobody speaks."""

    OURS = {
        "This field is required.": "请填写这一项。",
        "Not a valid choice.": "请从给出的选项中选择。",
        "Not a valid choice": "请从给出的选项中选择。",
        "Invalid Choice: could not coerce": "请从给出的选项中选择。",
        "Invalid Choice: could not coerce.": "请从给出的选项中选择。",
        "Invalid choice(s): one or more data inputs could not be coerced.": "请从给出的选项中选择。",
        "Not a valid integer value.": "请填写整数。",
        "Not a valid date value.": "请填写日期，例如 2026-11-28。",
        "Not a valid datetime value.": "请填写日期和时间，例如 2026-11-28 08:30。",
        "The CSRF token is missing.": "页面停留太久，请再提交一次（已填的内容都还在）。",
        "The CSRF token has expired.": "页面停留太久，请再提交一次（已填的内容都还在）。",
        "The CSRF token is invalid.": "页面停留太久，请再提交一次（已填的内容都还在）。",
        "The CSRF session token is missing.": "页面停留太久，请再提交一次（已填的内容都还在）。",
        "The CSRF tokens do not match.": "页面停留太久，请再提交一次（已填的内容都还在）。",
    }

    def __init__(self, theirs: Any) -> None:
        self.theirs = theirs

    def gettext(self, text: str) -> str:
        return self.OURS.get(text) or self.theirs.gettext(text)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(self.theirs.ngettext(singular, plural, n))


class Filled(InputRequired):
    """The field must be filled, and with more than spaces."""

    def __call__(self, form: Any, field: Any) -> None:
        if isinstance(field.data, str) and not field.data.strip():
            field.errors = []
            raise StopValidation(str(self.message))
        super().__call__(form, field)


def required(message: str) -> InputRequired:
    """The field must be filled; `message` says in Chinese what to do."""
    return Filled(message)


def length(limit: int, least: int = 0, name: str = "") -> Callable[[Any, Any], None]:
    """At most `limit` (and at least `least`) characters, with the present number in the message."""

    def check(form: Any, field: Any) -> None:
        size = len(field.data or "")
        if size > limit:
            raise ValidationError(f"{name or '这一项'}最多 {limit} 个字，现在是 {size} 个。")
        if size and size < least:
            raise ValidationError(f"{name or '这一项'}至少 {least} 个字，现在是 {size} 个。")

    check.field_flags = {"maxlength": limit}  # type: ignore[attr-defined]
    return check


def clean(value: Any) -> Any:
    """A filter for text fields: trimmed, without control and direction characters."""
    return squeeze(value) if isinstance(value, str) else value


class TextField(StringField):
    """One line of text, cleaned."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = one_line(str(valuelist[0])) if valuelist else ""


class PhoneField(TextField):
    """A mobile number or a landline with area code; spaces and +86 are taken out."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        self.data = plain_phone(self.data or "")

    def pre_validate(self, form: Any) -> None:
        if self.data and not is_phone(self.data):
            raise ValidationError(f"请填写 11 位手机号，或带区号的固定电话（现在是 {len(self.data)} 位）。")


class IdCardField(TextField):
    """An 18-character ID-card number; x becomes X. Never rendered back in full by templates."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        self.data = plain_card(self.data or "")

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            return
        if len(self.data) != 18:
            raise ValidationError(f"身份证号码是 18 位，现在是 {len(self.data)} 位。")
        if not valid_id_card(self.data):
            raise ValidationError("身份证号码有误（校验不通过），请对照证件再看一遍。")


class MomentField(DateTimeLocalField):
    """A `datetime-local` field in Shanghai time; `.data` is what was typed, `.moment` aware UTC."""

    def __init__(self, label: str = "", validators: Any = None, **kwargs: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]
        super().__init__(label, validators, format=formats, **kwargs)

    def process_data(self, value: datetime | None) -> None:
        self.data = clock.local(value).replace(tzinfo=None) if value and value.tzinfo else value

    def pre_validate(self, form: Any) -> None:
        if self.data and not 2000 <= self.data.year <= 2100:
            raise ValidationError("请填写 2000 年到 2100 年之间的日期。")

    @property
    def moment(self) -> datetime | None:
        return clock.from_local(self.data) if self.data else None


class WordSelect(SelectField):
    """A select or choice cards over an enum; words come from the one table (app/labels.py)."""

    def __init__(self, label: str, kind: Any, *, validators: Any = None, empty: str = "请选择", **kw: Any) -> None:
        from app.labels import word

        choices = [("", empty)] + [(member.value, word(member)) for member in kind]

        super().__init__(label, validators, choices=choices, coerce=_coerce(kind), **kw)
        self.kind = kind


def _coerce(kind: Any) -> Callable[[Any], Any]:
    def coerce(value: Any) -> Any:
        return kind(value) if value not in (None, "", "None") else ""

    return coerce


__all__ = [
    "CreationForm",
    "Form",
    "IdCardField",
    "MomentField",
    "PhoneField",
    "RegionField",
    "RegionFilterField",
    "SeenForm",
    "TextField",
    "UnitField",
    "WordSelect",
    "clean",
    "length",
    "required",
]
