"""A member's own desk: where the application stands, what one is, and what happened so far."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.models.application import OPEN, Application, applications_of
from app.models.applications.approval import ApplicationStatus
from app.models.history import History, newest_of
from app.models.volunteer import Volunteer, VolunteerStatus, volunteer_of


@dataclass(frozen=True)
class Desk:
    """Everything about one person's volunteering, applications newest first."""

    applications: Sequence[Application]
    volunteer: Volunteer | None

    @property
    def latest(self) -> Application | None:
        """The last application, whatever became of it."""
        return self.applications[0] if self.applications else None

    @property
    def open(self) -> Application | None:
        """The application that waits for the community or for the person."""
        latest = self.latest
        return latest if latest and latest.status in OPEN else None

    @property
    def returned(self) -> bool:
        """Whether the person has to mend something."""
        return self.open is not None and self.open.status is ApplicationStatus.RETURNED

    @property
    def member_of(self) -> Volunteer | None:
        """The living membership (服务中 or 暂停)."""
        return self.volunteer if self.volunteer and self.volunteer.status is not VolunteerStatus.LEFT else None

    @property
    def fresh(self) -> bool:
        """Whether there is nothing to show yet but the form."""
        return not self.applications and self.volunteer is None

    @property
    def known_tail(self) -> str:
        """The last four characters of the ID-card number given before, '' if a new one is needed."""
        held = self.volunteer.id_card_tail if self.volunteer else ""
        return held or next((one.id_card_tail for one in self.applications if one.id_card_tail), "")

    def history(self, before: int = 0) -> tuple[list[History], int]:
        """What happened to the applications and the membership, as `newest_of` tells it."""
        return newest_of(*self.applications, *([self.volunteer] if self.volunteer else []), before=before)


def desk_of(user_id: int) -> Desk:
    """The desk of this person."""
    return Desk(applications_of(user_id), volunteer_of(user_id))
