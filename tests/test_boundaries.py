"""Where one request ends and the next begins is never in doubt: no second request can be hidden in the body of a first.

Against the real server. What is ambiguous gets one answer at most and the end of the connection.
"""

import re
import socket
import threading

import pytest

from drills import site as places

HIDDEN = b"GET /about HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
LENGTH = f"{len(HIDDEN)}".encode()
AMBIGUOUS = {
    "both": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "both, the other way": b"Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
    "two lengths": b"Content-Length: 0\r\nContent-Length: " + LENGTH + b"\r\n\r\n" + HIDDEN,
    "a list of lengths": b"Content-Length: 0, " + LENGTH + b"\r\n\r\n" + HIDDEN,
    "a signed length": b"Content-Length: +0\r\n\r\n" + HIDDEN,
    "another coding": b"Transfer-Encoding: xchunked\r\n\r\n" + HIDDEN,
    "a space before the colon": b"Transfer-Encoding : chunked\r\nContent-Length: "
    + LENGTH
    + b"\r\n\r\n0\r\n\r\n"
    + HIDDEN,
    "a folded line": b"X-A: b\r\n Content-Length: 0\r\n\r\n" + HIDDEN,
    "a chunk beyond numbers": b"Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n" + HIDDEN,
}


def answers(port: int, rest: bytes) -> int:
    """How many answers a POST with this rest gets."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.settimeout(3)
        line.sendall(b"POST /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n" + rest)
        got = b""
        try:
            while more := line.recv(65536):
                got += more
        except (TimeoutError, ConnectionResetError):
            pass
    return len(re.findall(rb"HTTP/1\.1 \d{3} ", got))


def test_what_is_ambiguous_hides_no_second_request(databases, monkeypatch):
    monkeypatch.setitem(places._templates, "sqlite", databases("sqlite").template)
    with places.on_sqlite() as place:
        place.start()
        assert (
            answers(
                place.port, b"Content-Length: 0\r\n\r\n" + HIDDEN.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
            )
            == 2
        )  # honest ones
        assert {name: seen for name, rest in AMBIGUOUS.items() if (seen := answers(place.port, rest)) > 1} == {}


@pytest.mark.parametrize("name", ["both", "two lengths"])
def test_a_server_that_believes_the_first_length_is_noticed(name):
    """The planted hole: it looks for the next request after as many bytes as the first length that it finds."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            line = listener.accept()[0]
            with line:
                got = line.recv(65536)
                while b"\r\n\r\n" in got:
                    head, _, got = got.partition(b"\r\n\r\n")
                    length = re.search(rb"Content-Length: (\d+)", head)
                    got = got[int(length.group(1)) if length else 0 :].lstrip(b"\r\n")
                    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        assert answers(listener.getsockname()[1], AMBIGUOUS[name]) > 1
        thread.join(10)
