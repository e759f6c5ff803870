"""The single WSGI process: `granian --interface wsgi wsgi:app`, or `flask --app wsgi …`."""

import gc
import multiprocessing

gc.disable()  # half a million objects that stay are about to be made: looking for garbage among them costs a quarter of the start

from app import create_app, stopping  # noqa: E402

app = create_app()
if multiprocessing.parent_process():  # granian's worker, not a command
    stopping.heed()
else:
    stopping.unheld()
gc.freeze()  # nor is it looked for among them later
gc.enable()
