"""消息设置: which messages come. Decisions about oneself always do."""

from functools import cached_property
from typing import Any

from flask import flash, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from app.access import me, signed_in
from app.blueprints.member import member
from app.forms import Form
from app.htmx import go, render
from app.labels import word
from app.models.accounts.preference import MessageKind, choose, wanted


class SettingsForm(Form):
    """The kinds that may be switched off, as boxes."""

    kinds = SelectMultipleField(
        "愿意收到",
        choices=[],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kinds.choices = [(kind.value, word(kind)) for kind in MessageKind if kind not in self.apart]

    @cached_property
    def apart(self) -> list[MessageKind]:
        """What only reaches people with a post, for everybody else: it stays as it was chosen."""
        return [] if me().living_posts() else [MessageKind.INCOMING]

    @property
    def chosen(self) -> list[MessageKind]:
        """The ticked kinds, and of those about which the person was not asked the ones that came before."""
        kept = [kind for kind in wanted(me().id) if kind in self.apart]
        return [MessageKind(one) for one in self.kinds.data or []] + kept


@member.route("/messages/settings", methods=["GET", "POST"])
@signed_in
def messages_settings() -> ResponseReturnValue:
    """Choose among the kinds that decide nothing."""
    form = SettingsForm(data={"kinds": [kind.value for kind in wanted(me().id)]})
    if form.carry(lambda: choose(me().id, form.chosen)):
        flash("消息设置已保存。", "ok")
        return go(url_for("member.messages"))
    return render("member/messages_settings.html", status=form.status, form=form)
