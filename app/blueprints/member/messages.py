"""站内消息: read, mark as read, go to what a message is about."""

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from wtforms import BooleanField

from app.access import me, own, signed_in
from app.blueprints.member import member
from app.htmx import go
from app.listing import FilterForm, Key, Listing
from app.models.message import Message, mark_read
from app.redirects import safe_next


class MessageFilters(FilterForm):
    """All of them, or those not read yet."""

    unread = BooleanField("只看未读")

    def narrow(self, stmt: Select[tuple[Message]]) -> Select[tuple[Message]]:
        """Only unread ones where asked."""
        return stmt.where(Message.read_at.is_(None)) if self.unread.data else stmt


@member.get("/messages")
@signed_in
def messages() -> ResponseReturnValue:
    """My visible messages, the newest first."""
    order = [Key(Message.visible_at, descending=True), Key(Message.id, descending=True)]
    return Listing(Message.inbox(me().id), MessageFilters(request.args), order).respond("member/messages.html")


@member.post("/messages/<int:id>/reading")
@signed_in
def messages_reading(id: int) -> ResponseReturnValue:
    """Mark one message as read, and go to what it is about (`open`) or back to the list."""
    message = own(Message, id)
    if not message.is_visible:
        abort(404)
    mark_read(me().id, [message.id])
    there = request.script_root + message.path if message.path and request.form.get("open") else None
    return go(safe_next(there or request.form.get("next"), "member.messages"))


@member.post("/messages/reading")
@signed_in
def messages_all_reading() -> ResponseReturnValue:
    """Mark all messages as read."""
    mark_read(me().id)
    return go(url_for("member.messages"))
