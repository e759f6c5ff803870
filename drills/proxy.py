"""A bad link: a TCP proxy that can pass, refuse (cut everything) or fall silent (swallow everything, answer nothing)."""

import socket
import threading
from contextlib import suppress

PASS, CUT, SILENT = "pass", "cut", "silent"


class Proxy:
    """Listens on `port` of 127.0.0.1 and passes on to `target`, as long as `mode` says so."""

    def __init__(self, target: int) -> None:
        self.target, self.mode, self.open = target, PASS, set[socket.socket]()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def become(self, mode: str) -> None:
        """Change the link; cut closes what is open, and what was silent once stays so until it is closed."""
        self.mode = mode
        if mode != SILENT:
            for one in list(self.open):
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End it."""
        self.become(CUT)
        self.listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near = self.listener.accept()[0]
                far = self._far()
                if far is None:
                    near.close()
                    continue
                self.open |= {near, far}
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _far(self) -> socket.socket | None:
        with suppress(OSError):
            return None if self.mode == CUT else socket.create_connection(("127.0.0.1", self.target))
        return None

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                if self.mode == PASS:
                    other.sendall(data)
        for end in (one, other):
            self.open.discard(end)
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)  # closing alone tells nobody while the other thread still reads from it
            end.close()
