"""The single WSGI process: `granian --interface wsgi wsgi:app`, or `flask --app wsgi …`."""

import gc
import multiprocessing
import signal

is_worker = bool(multiprocessing.parent_process())  # granian's, and no command
if is_worker:  # forked with handlers that would swallow a signal until it serves
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
gc.disable()  # half a million objects that stay are about to be made: looking for garbage among them costs a quarter of the start

from app import create_app, stopping  # noqa: E402

app = create_app()
if is_worker:
    stopping.heed()
else:
    stopping.unheld()
gc.freeze()  # nor is it looked for among them later
gc.enable()
