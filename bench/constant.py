"""The reference `constant`: a Flask view that returns 12 kB."""

from flask import Flask

app = Flask(__name__)
PAGE = "<!doctype html><title>constant</title>" + "0123456789abcdef" * 768
BESIDE = "/bench-constant"  # where it lies in the product's own process (bench/beside.py)


@app.get("/")
@app.get(BESIDE)
def constant() -> str:
    """Always the same."""
    return PAGE[:12_288]
