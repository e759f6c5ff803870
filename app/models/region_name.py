"""Former names of regions: what a thing of those days is called (`Region.name` holds the present one)."""

from datetime import date

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Model, Row


class RegionName(Row, Model):
    """A name that a region had until (and with) this day."""

    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    last_day: Mapped[date]
