"""The commands: `flask --app wsgi <name>`. Each lives in app/commands/<name>.py and is added here."""

from importlib import import_module
from typing import Any

import click
from flask import Flask

from app.commands.accounts import create_admin, reset_second_step, unlock
from app.commands.backup import backup, restore
from app.commands.demo import demo
from app.commands.exports import carry_exports
from app.commands.history import history
from app.commands.keys import make_key, rotate_key
from app.commands.people import import_people
from app.commands.recount import recount
from app.commands.regions import import_regions
from app.commands.retention import retention
from app.commands.templates import compile_templates
from app.commands.tick import tick


class Migrating(click.Command):
    """`flask db`: Flask-Migrate's own commands, imported when somebody types them; see `app.Migrations`."""

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        theirs: Any = import_module("flask_migrate.cli").db
        context: click.Context = theirs.make_context(*args, **more)
        return context


def init(app: Flask) -> None:
    """Add every command to `flask`."""
    for command in (
        Migrating("db", help="Perform database migrations."),
        backup,
        carry_exports,
        compile_templates,
        create_admin,
        demo,
        history,
        import_people,
        import_regions,
        make_key,
        recount,
        reset_second_step,
        restore,
        retention,
        rotate_key,
        tick,
        unlock,
    ):
        app.cli.add_command(command)
