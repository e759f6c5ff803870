"""消息设置: which messages come. Decisions about oneself always do."""

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
        choices=[(kind.value, word(kind)) for kind in MessageKind],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    @property
    def chosen(self) -> list[MessageKind]:
        """The ticked kinds."""
        return [MessageKind(one) for one in self.kinds.data or []]


@member.route("/messages/settings", methods=["GET", "POST"])
@signed_in
def messages_settings() -> ResponseReturnValue:
    """Choose among the kinds that decide nothing."""
    form = SettingsForm(data={"kinds": [kind.value for kind in wanted(me().id)]})
    if form.carry(lambda: choose(me().id, form.chosen)):
        flash("消息设置已保存。", "ok")
        return go(url_for("member.messages"))
    return render("member/messages_settings.html", status=form.status, form=form)
