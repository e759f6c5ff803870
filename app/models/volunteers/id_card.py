"""What an 18-character resident ID-card number (身份证号码) says, and who already uses it.

GB 11643: digits 7 to 14 are the birthday, the 17th is odd for men, the last is a check character. The
number lies encrypted (`Sealed`); a keyed hash finds it again, and is unique among living volunteers.
"""

from dataclasses import dataclass
from datetime import date

from app import clock
from app.crypto import keyed_hash
from app.models.user import Gender
from app.refusal import Invalid
from app.text import plain_card, valid_id_card

ADULT = 18  # years; below, a guardian must agree
LENGTH = 18


@dataclass(frozen=True)
class IdCard:
    """A valid number and what follows from it."""

    number: str
    born: date
    gender: Gender

    @property
    def tail(self) -> str:
        """The last four characters: all that pages show."""
        return self.number[-4:]

    @property
    def hash(self) -> str:
        """The look-up value by which a second use is found."""
        return card_hash(self.number)

    def age(self, on: date | None = None) -> int:
        """Full years on this day (default today in Shanghai). Born on 29 February: older on 1 March."""
        on = on or clock.today()
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))

    @property
    def minor(self) -> bool:
        """Whether the person is under 18 today."""
        return self.age() < ADULT


def card_hash(number: str) -> str:
    """The keyed hash of an ID-card number, which says nothing without `HASH_KEY`."""
    return keyed_hash(number, "id-card")


def read_card(number: str, field: str = "id_card") -> IdCard:
    """What the number says; Invalid at `field` when it is none, or of somebody not yet born."""
    number = plain_card(number)
    if not number:
        raise Invalid(field, "请填写身份证号码。")
    if len(number) != LENGTH or not valid_id_card(number):
        raise Invalid(field, "身份证号码有误（校验不通过），请对照证件再看一遍。")
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    if born > clock.today():
        raise Invalid(field, "身份证号码里的出生日期还没有到，请对照证件再看一遍。")
    gender = Gender.MALE if int(number[16]) % 2 else Gender.FEMALE
    return IdCard(number, born, gender)


def masked_card(tail: str) -> str:
    """How pages show a number: all but the last four characters hidden; '' when there is none.

    A narrow page breaks it between birthday and serial number, never within what is shown.
    """
    return f"{'*' * (LENGTH - 8)} {tail:*>8}" if tail else ""
