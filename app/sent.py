"""What a request says, read from one place only: the body of a post, the address of anything else.

`request.values` reads both, the address first: a link could then put its own value in front of what a person
typed into the form (parameter pollution). tests/test_house.py allows no module to use it.
"""

from flask import request
from werkzeug.datastructures import MultiDict


def sent() -> MultiDict[str, str]:
    """The values of the form that was posted, or those in the address of a page that is read."""
    return request.form if request.method == "POST" else request.args
