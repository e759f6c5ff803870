"""Which kinds of messages a person does not want (`Muted`); what concerns a decision always comes."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model


class Muted(Model):
    """One kind of message that this person has switched off."""

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
