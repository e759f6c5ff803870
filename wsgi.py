"""The single WSGI process: `granian --interface wsgi wsgi:app`, or `flask --app wsgi …`."""

import gc
import sys

gc.disable()  # half a million objects that stay are about to be made: looking for garbage among them costs a quarter of the start

from app import create_app  # noqa: E402

# A page from memory waits so long at most for a thread that computes; the usual 5 ms are ten times what such a page takes.
sys.setswitchinterval(0.0005)

app = create_app()
gc.freeze()  # nor is it looked for among them later
gc.enable()
