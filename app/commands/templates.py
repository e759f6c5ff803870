"""`flask compile-templates`: see app/compiled.py."""

import sys

import click
from flask import current_app
from flask.cli import with_appcontext


@click.command("compile-templates")
@with_appcontext
def compile_templates() -> None:
    """Keep what Jinja makes of every template beside them, as `make install` does where who serves may not write."""
    sys.dont_write_bytecode = False  # this is what was asked for, whatever the shell says
    environment = current_app.jinja_env
    for name in environment.list_templates(extensions=["html", "txt"]):
        environment.get_template(name)
