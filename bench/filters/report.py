"""bench/filters.md: how much was asked on each database, how much holds, and what does not, worst first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench.filters.held import SLACK, Line

HEAD = "| page | who | ms, small → full | ÷ | held against | first answer |\n|---|---|---|---|---|---|\n"
PAGES = "| page | asked | do not hold | worst ÷ |\n|---|---|---|---|\n"
READ = f"""Each page of the product with each of its filters, with each two, with words, and its last page, as a person of each level. What is told
is the least processor time of four to thirteen answers (PostgreSQL's with its own processes', after eleven others, as it may
keep a plan from then on), both sizes in turn; the first answer, which builds what the others use, stands apart. Where a page seemed not to hold, it and what it is held against are
asked anew at the end, twelve answers of each size in turn by new processes, and these alone are told: the machine is not as quick in each half hour. A page holds when it takes no more than its limit of PERFORMANCE.md
(rows 5, 6, 12) times what it is held against, and {SLACK} ms, which this clock cannot tell apart. It is held against itself at the small size or the same
list without a filter there, whichever is more; where the large city fills a page that the small one leaves half empty, against the small city's cheapest page
of this kind that is as long (none is: its
longest); a last page against the first one at full size.
"""


@dataclass
class Database:
    """What was found on one database."""

    kind: str
    lines: list[Line]
    refused: int  # choices that exclude each other
    silent: list[str]  # fields for which the product offers nothing to choose

    @property
    def missed(self) -> list[Line]:
        return sorted((one for one in self.lines if one.answers and not one.holds), key=lambda one: -one.over)

    @property
    def broken(self) -> list[Line]:
        return [one for one in self.lines if not one.answers]


def write(file: Path, head: Sequence[str], found: Sequence[Database]) -> None:
    """The whole file anew."""
    when = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
    text = [
        "# Every filter, large city against small",
        "",
        "Made by `make bench-filters`; docs/performance.md says more.",
        "",
        READ,
    ]
    text += [f"- Date: {when}", *(f"- {one}" for one in head)]
    for one in found:
        text += ["", f"## {one.kind}", "", told(one), "", PAGES + "\n".join(of_page(one))]
        text += ["", HEAD + "\n".join(row(line) for line in one.missed)]
    file.write_text("\n".join(text) + "\n")


def told(found: Database) -> str:
    """The counts in words."""
    whole, missed, broken = len(found.lines), len(found.missed), found.broken
    words = (
        f"{whole:,} addresses: {whole - missed - len(broken):,} hold, {missed:,} do not, {len(broken):,} do not answer"
    )
    words += f" ({found.refused:,} choices that exclude each other are not counted)."
    silent = f" Not asked, since the product nowhere offers a value: {', '.join(found.silent)}." if found.silent else ""
    return (
        words + silent + "".join(f"\n- answers {one.small.status} and {one.big.status}: {said(one)}" for one in broken)
    )


def of_page(found: Database) -> list[str]:
    """A line for each page of which something does not hold."""
    asked = Counter(one.address.rule for one in found.lines)
    missed = Counter(one.address.rule for one in found.missed)
    worst = {one.address.rule: one.ratio for one in reversed(found.missed)}
    return [f"| {rule} | {asked[rule]} | {number} | {worst[rule]:.1f} |" for rule, number in missed.most_common()]


def said(line: Line) -> str:
    return f"{line.address} as {line.address.who or 'visitor'}"


def row(line: Line) -> str:
    """One line of the table."""
    page = str(line.address).replace("|", "/")
    against = f"{line.against:.1f}" + (f" ({line.what})" if line.what else "")
    return (
        f"| {page} | {line.address.who or 'visitor'} | {line.small.least:.1f} → {line.big.least:.1f} | {line.ratio:.2f} ≤ {line.limit:g} | {against} "
        f"| {line.small.first:.0f} → {line.big.first:.0f} |"
    )
