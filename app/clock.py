"""One clock for the product, so that tests can move it. Stored in UTC, shown in Asia/Shanghai."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_shift = timedelta(0)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _shift


def move(by: timedelta) -> None:
    """Tests and the demonstration only: put the product's clock forward (or back) by so much; `timedelta(0)` sets it right."""
    global _shift
    _shift = by


def minute() -> int:
    """The present minute, as a number: what hangs on the clock is kept for one."""
    return int(now().timestamp()) // 60


def today() -> date:
    """The present day in Shanghai."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment on a Shanghai wall clock."""
    return moment.astimezone(SHANGHAI)


def day(moment: datetime) -> date:
    """The Shanghai day on which this moment falls."""
    return local(moment).date()


def from_local(naive: datetime) -> datetime:
    """What a person typed into a `datetime-local` field, as an aware UTC moment."""
    return naive.replace(tzinfo=SHANGHAI).astimezone(UTC)


def start_of(when: date) -> datetime:
    """Midnight in Shanghai at the start of that day, in UTC."""
    return datetime.combine(when, time(), SHANGHAI).astimezone(UTC)
