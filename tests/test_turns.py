"""One answer is worked out at a time, the others in the order they came; nobody waits for who is held up."""

import threading
import time
from collections.abc import Callable

import pytest
from werkzeug.test import Client

from app import sqlite, turns
from app.accounts import passwords
from app.turns import Turns

PAUSE = threading.Event()  # never set


def until(met: Callable[[], bool]) -> None:
    """Wait for other threads."""
    end = time.monotonic() + 20
    while not met():
        assert time.monotonic() < end
        PAUSE.wait(0.001)


class Work:
    """Answers that begin when they have a turn and end when they are told to."""

    def __init__(self, number: int = 1) -> None:
        self.turns, self.begun = Turns(number), list[str]()
        self.ends = dict[str, threading.Event]()
        self.threads = dict[str, threading.Thread]()

    def begin(self, name: str) -> None:
        """Somebody asks; returns when they work or stand in line."""
        self.ends[name] = threading.Event()
        self.threads[name] = threading.Thread(target=self._work, args=(name,), daemon=True)
        line = len(self.turns.line)
        self.threads[name].start()
        until(lambda: name in self.begun or len(self.turns.line) > line)

    def end(self, name: str) -> None:
        self.ends[name].set()
        self.threads[name].join(20)

    def _work(self, name: str) -> None:
        with self.turns.one():
            self.begun.append(name)
            self.ends[name].wait(60)


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """How long an answer may take before the next one no longer waits for it."""
    return lambda seconds: monkeypatch.setattr(turns, "PATIENCE", seconds)


def test_one_at_a_time_in_the_order_they_came(patience):
    patience(20)
    work = Work()
    for name in "abcd":
        work.begin(name)
    assert work.begun == ["a"]
    for name in "abcd":
        work.end(name)
    assert work.begun == ["a", "b", "c", "d"]
    assert work.turns.free == 1 and not work.turns.taken and not work.turns.line


def test_as_many_as_there_are_turns(patience):
    patience(20)
    work = Work(2)
    for name in "abc":
        work.begin(name)
    assert work.begun == ["a", "b"]
    work.end("b")
    until(lambda: "c" in work.begun)
    work.end("a")
    work.end("c")
    assert work.turns.free == 2


def test_nobody_waits_for_who_is_held_up_and_what_they_give_back_late_counts_no_second_time(patience):
    patience(0.01)
    work = Work()
    work.begin("stuck")
    work.begin("next")
    until(lambda: "next" in work.begun)
    patience(20)
    work.begin("third")
    work.end("stuck")
    assert work.begun == ["stuck", "next"], "the one who was no longer waited for brought a second turn"
    work.end("next")
    work.end("third")
    assert work.begun == ["stuck", "next", "third"] and work.turns.free == 1


def test_a_turn_comes_back_when_an_answer_breaks_off():
    one = Turns(1)
    with pytest.raises(ZeroDivisionError), one.one():
        raise ZeroDivisionError
    assert one.free == 1 and not one.taken


def test_while_a_password_is_hashed_the_next_answer_is_worked_out(patience, monkeypatch):
    patience(20)
    work, hashing, go_on = Turns(1), threading.Event(), threading.Event()

    class Slow:
        def hash(self, password: bytes) -> str:
            hashing.set()
            assert go_on.wait(20)
            return "hash"

    def sign_up() -> None:
        with work.one():
            passwords.hashed("一个足够长的密码")

    monkeypatch.setattr(passwords, "_hasher", Slow())
    signing_up = threading.Thread(target=sign_up, daemon=True)
    signing_up.start()
    assert hashing.wait(20)
    with work.one():
        go_on.set()
    signing_up.join(20)
    assert work.free == 1 and not work.taken


def test_who_steps_aside_comes_back_before_those_who_have_not_begun(patience):
    """They may hold what the others will want: on SQLite the right to write."""
    patience(20)
    work, aside, back, order = Work(), threading.Event(), threading.Event(), list[str]()

    def steps_aside() -> None:
        with work.turns.one():
            with turns.aside():
                aside.set()
                back.wait(60)
            order.append("came back")

    thread = threading.Thread(target=steps_aside, daemon=True)
    thread.start()
    assert aside.wait(20)
    for name in "ab":
        work.begin(name)
    back.set()
    until(lambda: len(work.turns.line) == 2)
    work.end("a")
    until(lambda: "b" in work.begun)
    assert order == ["came back"]
    work.end("b")
    assert work.turns.free == 1


@pytest.mark.sqlite_only
def test_who_waits_for_the_right_to_write_stops_no_reader(app, patience, monkeypatch):
    patience(60)
    waiting, usual, answers = threading.Event(), sqlite._waited, dict[str, int]()

    def waited() -> bool:
        waiting.set()
        return usual()

    def ask(method: str, path: str) -> None:
        answers[method] = Client(app).open(path, method=method).status_code

    monkeypatch.setattr(sqlite, "_waited", waited)
    writer = threading.Thread(target=ask, args=("POST", "/help/track"), daemon=True)
    with sqlite._one_writer:
        writer.start()
        assert waiting.wait(20)
        threading.Thread(target=ask, args=("GET", "/activities?status=ended&x=2"), daemon=True).start()
        until(lambda: answers.get("GET") == 200)
        assert "POST" not in answers
    writer.join(20)
    assert "POST" in answers and app.turns.free == 1


def test_finished_pages_need_no_turn_and_all_others_do(app, client: Client, monkeypatch):
    assert client.get("/").status_code == 200
    none_left = Turns(0)
    monkeypatch.setattr(app, "turns", none_left)
    monkeypatch.setattr(turns, "PATIENCE", 20)
    assert client.get("/").status_code == 200
    answers = list[int]()
    thread = threading.Thread(
        target=lambda: answers.append(Client(app).get("/activities?status=ended&x=1").status_code)
    )
    thread.start()
    until(lambda: len(none_left.line) == 1)
    assert not answers
    with none_left.lock:
        none_left._pass_on()
    thread.join(20)
    assert answers == [200] and none_left.free == 1
