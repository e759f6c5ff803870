"""What a verb raises when it will not act. The surfaces turn these into answers (app/errors.py)."""

from typing import Any


class Refused(Exception):
    """The move is not possible in the present state: 409, with a Chinese sentence that names the state."""

    def __init__(self, message: str, row: Any = None) -> None:
        self.message, self.row = message, row
        super().__init__(message)


class Invalid(Exception):
    """A value that only the verb could judge is wrong: 422 at `field`, with what to mend in Chinese."""

    def __init__(self, field: str, message: str) -> None:
        self.field, self.message = field, message
        super().__init__(f"{field}: {message}")


class Wait(Exception):
    """Too many tries: 429, possible again after `seconds`; `message` says so in Chinese."""

    def __init__(self, seconds: int) -> None:
        self.seconds = max(1, seconds)
        minutes = -(-self.seconds // 60)
        self.message = f"尝试次数太多，请{f' {minutes} 分钟' if self.seconds > 60 else f' {self.seconds} 秒'}后再试。"
        super().__init__(f"wait {self.seconds} s")


class Busy(Exception):
    """No turn was free in time: 503, nothing was done, try again in some seconds."""
