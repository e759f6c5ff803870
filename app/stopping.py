"""SIGTERM is heard, whichever thread the kernel gives it to.

Python handles signals in its main thread, and granian's sleeps on a lock. A signal that arrives at one of the other
threads does not wake it: then the server went on serving after a SIGTERM, once in ten or twenty times with a hundred requests
in flight, until systemd killed it.
"""

import signal
import socket
import threading

POKE = signal.SIGUSR1


def heed() -> None:
    """Wake the main thread whenever a signal has come; to be called in it, once in a process that serves."""
    told, tell = socket.socketpair()
    tell.setblocking(False)
    signal.set_wakeup_fd(tell.detach(), warn_on_full_buffer=False)
    signal.signal(POKE, lambda *_: None)
    main = threading.get_ident()

    def listen() -> None:
        while number := told.recv(1):
            if number[0] != POKE:  # which has come to the main thread itself
                signal.pthread_kill(main, POKE)

    threading.Thread(target=listen, name="signals", daemon=True).start()
