"""What a row found, and the table that is written of it."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bench.driver import middle

SHORT = "one page only at this size"
HEAD = "| # | figure | database | goal | measured: median | from – to | |\n|---|---|---|---|---|---|---|\n"


@dataclass
class Figure:
    """One line: the goal is `most` or `least` (of the median), or neither for what is only told beside a row."""

    row: int
    what: str
    values: list[float] = field(default_factory=list)
    most: float | None = None
    least: float | None = None
    unit: str = ""
    failed: str = ""  # why it could not be measured
    database: str = ""
    note: str = ""
    known: float | None = None  # a count above the goal that a test allows, with its reason

    @property
    def goal(self) -> str:
        if self.most is None and self.least is None:
            return "–"
        bound = f"≤ {self.most:g}" if self.most is not None else f"≥ {self.least:g}"
        return f"{bound}{self.unit}"

    @property
    def verdict(self) -> str:
        if self.failed:
            return "not measured"
        if self.most is None and self.least is None:
            return ""
        median = middle(self.values)
        met = median <= self.most if self.most is not None else median >= (self.least or 0)
        return "met" if met else "**missed**"

    @property
    def is_grown(self) -> bool:
        """Whether a count passed what is known of it: the one missed goal by which the smoke run fails."""
        return bool(self.values) and self.known is not None and max(self.values) > self.known

    @property
    def is_broken(self) -> bool:
        """Whether the bench, not the product, is at fault."""
        return bool(self.failed) and self.failed != SHORT

    def line(self) -> str:
        if self.failed:
            said = self.failed.replace("|", "/").replace("\n", " ")[:300]
            return f"| {self.row} | {self.what} | {self.database} | {self.goal} | could not run: {said} | | {self.verdict} |"
        spread = f"{shown(min(self.values))} – {shown(max(self.values))}" if len(self.values) > 1 else ""
        said = f"{shown(middle(self.values))}{self.unit}" + (f" ({self.note})" if self.note else "")
        return f"| {self.row} | {self.what} | {self.database} | {self.goal} | {said} | {spread} | {self.verdict} |"


def shown(value: float) -> str:
    """Three digits of it."""
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def write(file: Path, head: list[str], figures: list[Figure]) -> None:
    """The whole file anew; figures in the order of their rows."""
    lines = [one.line() for one in sorted(figures, key=lambda one: one.row)]
    verdicts = [one.verdict for one in figures]
    count = f"{verdicts.count('met')} met, {verdicts.count('**missed**')} missed, {verdicts.count('not measured')} not measured"
    when = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
    text = ["# Results of the last bench", "", "How to run and read it: docs/performance.md.", ""]
    text += [f"- Date: {when}", *(f"- {one}" for one in head), f"- Lines: {count}", ""]
    file.write_text("\n".join(text) + "\n" + HEAD + "\n".join(lines) + "\n")
