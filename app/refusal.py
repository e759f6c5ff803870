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
