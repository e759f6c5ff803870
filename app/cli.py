"""The commands: `flask --app wsgi <name>`. Each lives in app/commands/<name>.py and is added here."""

from importlib import import_module
from multiprocessing import parent_process
from typing import Any

import click
from flask import Flask


class Migrating(click.Command):
    """`flask db`: Flask-Migrate's own commands, imported when somebody types them; see `app.Migrations`."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        theirs: Any = import_module("flask_migrate.cli").db
        context: click.Context = theirs.make_context(*args, **more)
        return context


COMMANDS = {
    "accounts": ("create_admin", "reset_second_step", "unlock"),
    "backup": ("backup", "restore"),
    "demo": ("demo",),
    "exports": ("carry_exports",),
    "history": ("history",),
    "keys": ("make_key", "rotate_key"),
    "people": ("import_people",),
    "recount": ("recount",),
    "regions": ("import_regions",),
    "retention": ("retention",),
    "templates": ("compile_templates",),
    "tick": ("tick",),
}


def init(app: Flask) -> None:
    """Add every command to `flask`. Granian's worker runs none, and what only they need stays out of its memory (1.2 MB)."""
    if parent_process():
        return
    app.cli.add_command(Migrating("db", help="Perform database migrations."))
    for module, names in COMMANDS.items():
        found = import_module(f"app.commands.{module}")
        for name in names:
            app.cli.add_command(getattr(found, name))
