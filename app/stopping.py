"""SIGTERM ends the site only after every request that had been sent by then was taken in.

Python handles signals in its main thread, and granian's sleeps on a lock: a signal that the kernel gives to one of the other
threads does not wake it, and the server went on serving until systemd killed it. And granian closes its door in the very moment
in which it hears: what stood before the door got a reset instead of its answer (2 of 10,000 requests on a busy machine). So
both signals are held back from all threads, one thread waits for them, lets in who stands there, and then wakes the main one.
"""

import contextlib
import signal
import threading
import time

ENDING = (signal.SIGTERM, signal.SIGINT)
POKE = signal.SIGUSR1
LET_IN = 0.5  # seconds in which what was sent before the signal is taken in; the site serves on in them
AGAIN = 1.0  # seconds after which the main thread is told again


def heed() -> None:
    """To be called in the main thread of a process that serves, once, before it starts others."""
    main = threading.get_ident()
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    signal.signal(POKE, lambda number, frame: end())

    def end() -> None:
        handler = signal.getsignal(signal.SIGTERM)
        if callable(handler):
            handler(signal.SIGTERM, None)

    def listen() -> None:
        signal.sigwait(ENDING)
        time.sleep(LET_IN)
        with contextlib.suppress(ProcessLookupError):
            while True:
                signal.pthread_kill(main, POKE)
                time.sleep(AGAIN)

    threading.Thread(target=listen, name="signals", daemon=True).start()


def unheld() -> None:
    """To be called by a process that does not serve: it may have been started by one that does, and ends at once when told to."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
