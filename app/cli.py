"""The commands: `flask --app wsgi <name>`. Each lives in app/commands/<name>.py and is added here."""

from flask import Flask

from app.commands.recount import recount
from app.commands.demo import demo
from app.commands.regions import import_regions


def init(app: Flask) -> None:
    """Add every command to `flask`."""
    for command in (demo, import_regions, recount):
        app.cli.add_command(command)
