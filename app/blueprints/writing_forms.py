"""Forms in which people write for others to read: buttons for draft and sending, a preview, an older version."""

from typing import Any

from flask import request
from wtforms import IntegerField
from wtforms.widgets import HiddenInput

from app.forms import CreationForm


class WritingForm(CreationForm):
    """Subclasses name title, body and pictures; `version` is the one that the form saw (0: none yet)."""

    version = IntegerField(widget=HiddenInput(), default=0)

    @property
    def action(self) -> str:
        """Which button was pressed: draft (also Enter), preview, or one that the subclass knows."""
        return request.form.get("action", "draft")

    @property
    def previewed(self) -> bool:
        """Whether 预览 was pressed and there is something to show."""
        return self.action == "preview" and not self.stepping and self.validate_on_submit()

    def over(self, living: Any) -> None:
        """Lie over what now stands there: sent again, it is meant to replace it."""
        self.version.data, self.version.raw_data = living.version, None
