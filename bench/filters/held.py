"""Whether a page holds: what it takes at full size beside what it may take, like with like."""

from dataclasses import dataclass, field, replace
from typing import Any

from bench.filters.addresses import Address
from bench.filters.walk import Known

Rules = dict[str, dict[str, Known]]  # reader → rule → what was found there

# PERFORMANCE.md's rows 5, 12 and 6, in this order.
FLAT = {"sqlite": 1.2, "postgresql": 1.35}
STATISTICS, LAST = 1.5, 1.5
SLACK = 0.5  # ms that the clock of processor time cannot tell apart from its neighbours' work
SUMS = "/office/statistics", "/office/statistics/print"  # the same figures
ROUNDS = (2, 2, 3, 3, 3)  # answers of one size before the other's turn; after two rounds it may be known to hold
# Answers that are not counted: only a statement that ran five times is prepared, and PostgreSQL plans it anew five times more before
# it may keep a plan for all values. What a list takes that is asked often is measured, with whatever plan that is
BEFORE = {"sqlite": 0, "postgresql": 11}
AGAIN = 3  # rounds of four answers of each size for all that did not hold, and for what it is held against
CLEAR = 2  # times what it may take: no further answer changes that
ALIKE = 1.1  # of a page's length: it draws no more rows


@dataclass
class Answers:
    """What one page took at one size, the first answer apart: it builds what the others use."""

    status: int = 0
    first: float = 0
    took: list[float] = field(default_factory=list)
    length: int = 0
    more: bool = False  # whether another page follows

    @property
    def least(self) -> float:
        return min(self.took, default=self.first)

    def add(self, status: int, took: float, length: int, more: bool) -> None:
        if self.status:
            self.took.append(took)
        else:
            self.first = took
        self.status, self.length, self.more = status, length, more


@dataclass
class Line:
    """One address: what it took at both sizes, and what it is held against."""

    address: Address
    small: Answers
    big: Answers
    limit: float
    beside: list[tuple["Line", str]] = field(default_factory=list)  # what else it may be held against, in words
    against: float = 0
    what: str = ""  # what it is held against, where that is not the same address at the small size

    @property
    def answers(self) -> bool:
        """Whether both sizes give the page."""
        return {self.small.status, self.big.status} == {200}

    @property
    def ratio(self) -> float:
        return self.big.least / max(self.against, 0.01)

    @property
    def over(self) -> float:
        """What it takes in parts of what it may take."""
        return self.big.least / (self.limit * self.against + SLACK)

    @property
    def holds(self) -> bool:
        return self.over <= 1

    def compare(self) -> None:
        """Hold it against the dearest of its like."""
        if self.address.last:
            against = [(one.big.least, what) for one, what in self.beside]
        else:
            against = [(self.small.least, ""), *((one.small.least, what) for one, what in self.beside)]
        self.against, self.what = max(against)


class Judge:
    """Asks both sizes in turn, and remembers what the unfiltered lists took."""

    def __init__(self, kind: str, small: Any, big: Any, known: dict[str, Rules], once: bool) -> None:
        self.flat, self.sizes, self.known, self.once = FLAT[kind], {"small": small, "big": big}, known, once
        self.before = 0 if once else BEFORE[kind]
        self.taken: dict[Address, Line] = {}
        self.refused = 0
        self.drawn: dict[str, list[Line]] = {}  # of each rule, what the small city answered

    def line(self, address: Address) -> Line | None:
        """This address, measured; None where it is none: its list has one page, or both sizes refuse what was chosen."""
        if address.last and not self.taken[Address(address.who, address.rule, address.query)].big.more:
            return None
        limit = LAST if address.last else STATISTICS if address.rule in SUMS else self.flat
        line = self.taken[address] = Line(address, Answers(), Answers(), limit)
        self.drawn.setdefault(address.rule, []).append(line)
        for number, times in enumerate((1,) if self.once else ROUNDS):
            self._ask(line, times, 0 if number else self.before)
            if not line.answers:
                is_refused = not self.once and max(line.small.status, line.big.status) < 500
                self.refused += is_refused
                return None if is_refused else line
            self._hold(line)
            if number and (line.holds or line.over > CLEAR):
                break
        return line

    def _ask(self, line: Line, times: int, before: int = 0) -> None:
        """So many answers of each size; of `before` more only the first is noted."""
        for size, answers in (("small", line.small), ("big", line.big)):
            if self.once and size == "big":  # the same city
                line.big = line.small
                break
            known = self.known[size][line.address.who][line.address.rule]
            query = dict(line.address.query) | ({"before": known.page.end} if line.address.last else {})
            told = self.sizes[size].say("ask", line.address.who, known.path, query, before + times)
            for one in (told[0], *told[before + 1 :]):
                answers.add(*one)

    def settle(self) -> None:
        """Judge everything once more: only now is it known what the small city answers to whoever was asked later. What does not hold is
        asked again by new processes, together with what it is held against, and those answers decide: before, half an hour may lie
        between the two, in which the machine became slower."""
        for line in self.taken.values():
            if line.answers:
                self._hold(line)
        missed = [line for line in self.taken.values() if line.answers and not line.holds and not self.once]
        for asker in self.sizes.values() if missed else ():
            asker.renew()
        for line in missed:
            self._anew(line)

    def _anew(self, line: Line) -> None:
        whole = {
            id(one): replace(one, small=Answers(), big=Answers()) for one in (line, *(one for one, _ in line.beside))
        }
        for number in range(AGAIN):
            for one in whole.values():
                self._ask(one, 4, 0 if number else self.before)
        found = whole[id(line)]
        found.beside = [(whole[id(one)], what) for one, what in line.beside]
        found.compare()
        line.small.took, line.big.took = found.small.took, found.big.took
        line.against, line.what = found.against, found.what

    def _hold(self, line: Line) -> None:
        """Say what the line is held against."""
        one = line.address
        if one.last:
            line.beside = [(self.taken[Address(one.who, one.rule, one.query)], "first page")]
        else:
            plain = self.taken[Address(one.who, one.rule)]
            line.beside = [(plain, "no filter")] if plain is not line else []
            like = self._as_long(line) if line.big.length > ALIKE * max(line.small.length, plain.small.length) else None
            line.beside += [(like, f"{like.address} as {like.address.who or 'visitor'}")] if like else []
        line.compare()

    def _as_long(self, line: Line) -> Line | None:
        """The small city's cheapest page of this rule that draws as many rows as this one; where none does, its longest one."""
        held = [other for other in self.drawn[line.address.rule] if other.answers and other.small.took]
        long = [other for other in held if other.small.length * ALIKE >= line.big.length]
        if long:
            return min(long, key=lambda other: other.small.least)
        return max(held, key=lambda other: other.small.length, default=None)
