"""服务基地 `ServiceBase`: a place of voluntary service that people may visit and learn from."""

from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, Row
from app.models.displays.showcase import Showcase
from app.models.stateful import FREE, REASON


class BaseStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class ServiceBase(Showcase, Row, Model):
    """One base of a community, with its opening hours in words and up to nine pictures."""

    DOORS = {"manage": ""}
    MOVES = {BaseStatus.OPEN: {BaseStatus.CLOSED: REASON}, BaseStatus.CLOSED: {BaseStatus.OPEN: FREE}}
    WHAT = "这个基地"
    STATED = {
        "name": "名称",
        "category_id": "类型",
        "address": "地址",
        "opening_hours": "开放时间",
        "contact": "联系方式",
        "introduction": "简介",
    }
    LIVING, CLOSED = BaseStatus.OPEN, BaseStatus.CLOSED
    TOPIC, PICTURES = "bases", "pictures"
    __table_args__ = (
        # the office lists all states together, by id; what else narrows a list stands in the index
        Index(None, "status", "id", "category_id"),
        Index(None, "district_code", "id", "status", "category_id"),
        Index(None, "subdistrict_code", "id", "status", "category_id"),
        Index(None, "community_code", "id", "status", "category_id"),
    )

    name: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(100))
    opening_hours: Mapped[str] = mapped_column(String(200), default="")
    contact: Mapped[str] = mapped_column(String(100), default="")
    introduction: Mapped[str] = mapped_column(Text, default="")
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    status: Mapped[BaseStatus] = mapped_column(default=BaseStatus.OPEN)
