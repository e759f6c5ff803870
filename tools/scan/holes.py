"""A site full of holes, for the scanners alone: what each must find here, or its silence about the product says nothing.

Never part of the product: `python -m tools.scan.holes PORT` serves it on 127.0.0.1; semgrep and bandit read this file.
"""

import logging
import os
import pickle
import sqlite3
import subprocess
import sys
from datetime import datetime

from flask import Flask, redirect, render_template_string, request, send_file
from markupsafe import Markup

app = Flask(__name__)
store = sqlite3.connect("file:holes?mode=memory&cache=shared", uri=True, check_same_thread=False)
store.executescript(
    "CREATE TABLE person (id INTEGER, name TEXT, secret TEXT); INSERT INTO person VALUES (1, 'a', 'x'), (2, 'b', 'y');"
)


@app.get("/")
def home():
    return (
        '<a href="/search?q=a">s</a> <a href="/person?id=1">p</a> <a href="/go?next=/">g</a> <a href="/file?name=a">f</a>'
        '<form action="/search"><input name="q"><button>s</button></form>'
    )


@app.get("/search")
def search():
    return f"<p>{request.args.get('q', '')}</p>"  # reflected markup


@app.get("/person")
def person():
    found = store.execute(
        f"SELECT name FROM person WHERE id = {request.args.get('id', '1')}"
    ).fetchall()  # injection by number
    return "".join(f"<p>{name}</p>" for (name,) in found)


@app.get("/named")
def named():
    found = store.execute(
        "SELECT id FROM person WHERE name = '" + request.args.get("name", "a") + "'"
    ).fetchall()  # by text
    return "".join(f"<p>{id}</p>" for (id,) in found)


@app.get("/go")
def go():
    return redirect(request.args.get("next", "/"))  # open redirect


@app.get("/file")
def file():
    return send_file(request.args.get("name", ""))  # any file of the machine


@app.get("/template")
def template():
    return render_template_string(request.args.get("t", ""))


@app.get("/run")
def run():
    subprocess.run(request.args.get("c", "true"), shell=True)
    return Markup(request.args.get("c", "")) + str(datetime.now())


@app.get("/load")
def load():
    return str(pickle.loads(request.data))


if __name__ == "__main__":
    os.environ.pop("WERKZEUG_RUN_MAIN", None)
    logging.disable()  # a scanner makes thousands of errors here
    app.run("127.0.0.1", int(sys.argv[1]))
