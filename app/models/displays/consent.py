"""Being named in public 公开展示: one pattern for 专业志愿者 and 个人之星 (SPEC section 4: only who agreed is named).

The city asks; the person agrees or declines in the member centre, and may take the agreement back at any time.
A noun with `volunteer_id` mixes in `Named` and has the verbs `agree` and `decline`.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, Session, object_session

from app import clock
from app.models.message import tell
from app.models.volunteer import Volunteer, VolunteerStatus
from app.refusal import Refused

if TYPE_CHECKING:
    from app.models.user import User

PAGE = "/member/consents"  # without URL prefix
# The words to which a person agrees, by noun and version. A text that was shown once is never changed: a better one
# gets the next number, and asks nobody anew.
CONSENT_WORDS: dict[str, dict[int, str]] = {
    "honour": {
        1: "同意在门户公开：姓名、服务社区、工作单位、本季度服务次数和时长、推荐理由。先公示，期满后公布，往期一直可以查看。随时可以撤回。"
    },
    "professional": {
        1: "同意在门户公开：姓名、专长、所在机构和所属协会，供居民了解和联系协会。随时可以撤回，撤回后马上撤下。"
    },
}


class Named:
    """A row that names one volunteer; `user_id` is whose decision it is."""

    if TYPE_CHECKING:
        volunteer_id: Any
        volunteer: Any
        agreed_at: Mapped[datetime | None]
        __tablename__: str

    agreed_words: Mapped[int | None]  # which version of CONSENT_WORDS the person agreed to

    @hybrid_property
    def user_id(self) -> int:
        """The account of the person who is named."""
        session: Session | None = object_session(self)
        return (session and session.scalar(select(Volunteer.user_id).where(Volunteer.id == self.volunteer_id))) or 0

    @user_id.inplace.expression
    @classmethod
    def _user_id(cls) -> Any:
        return select(Volunteer.user_id).where(Volunteer.id == cls.volunteer_id).scalar_subquery()

    def must_be_own(self, by: "User") -> None:
        """Refused where somebody else would decide: nobody agrees for another person."""
        if by.id != self.user_id:
            raise Refused("只有本人可以决定是否公开姓名。", self)

    @property
    def consent_words(self) -> str:
        """What the person agreed to, or would agree to now."""
        texts = CONSENT_WORDS[self.__tablename__]
        return texts[self.agreed_words or max(texts)]

    def agreed(self) -> None:
        """The person said yes, now, to the words of today."""
        self.agreed_at, self.agreed_words = clock.now(), max(CONSENT_WORDS[self.__tablename__])

    def not_agreed(self) -> None:
        """No yes stands any more."""
        self.agreed_at = self.agreed_words = None

    def ask(self, title: str, body: str) -> None:
        """Tell the person that a decision is wanted."""
        tell(self.user_id, title, body, path=PAGE, about=f"{self.__tablename__}:{self.id}")  # type: ignore[attr-defined]

    def say(self, title: str, body: str = "") -> None:
        """Tell the person what became of it."""
        tell(self.user_id, title, body, path=PAGE)


def must_serve(volunteer: Volunteer) -> None:
    """Refused for who has left: only living volunteers are proposed and shown."""
    if volunteer.status is VolunteerStatus.LEFT:
        raise Refused("这位志愿者已经注销，不能展示。", volunteer)
