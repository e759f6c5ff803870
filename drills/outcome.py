"""What a drill saw, and how it is written down."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass
class Outcome:
    """One fault on one database: what was injected, what was lost, figures, and whether the promise held."""

    drill: str
    fault: str
    database: str
    injected: str
    lost: str
    figures: str
    broken: list[str] = field(default_factory=list)  # what broke the promise, in words; empty: kept
    late: list[str] = field(
        default_factory=list
    )  # what took longer than promised (tests on a busy machine let it pass)
    on: str = field(default_factory=lambda: datetime.now(UTC).date().isoformat())
    scale: str = ""

    @property
    def kept(self) -> bool:
        """Whether the promise held."""
        return not self.broken and not self.late

    def line(self) -> str:
        """As the command prints it."""
        verdict = "kept" if self.kept else "BROKEN: " + "; ".join(self.broken + self.late)
        rows = ("injected", self.injected), ("lost", self.lost), ("figures", self.figures), ("promise", verdict)
        head = f"{self.drill} / {self.fault} [{self.database}]"
        return "\n".join([head, *(f"  {name + ':':10}{text}" for name, text in rows)])

    def stored(self) -> dict[str, Any]:
        """As it is kept for the page."""
        return asdict(self)


def expect(broken: list[str], **claims: tuple[bool, str]) -> None:
    """Note every claim that does not hold."""
    broken.extend(why for true, why in claims.values() if not true)
