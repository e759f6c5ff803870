"""`flask carry-exports`: make the files of exports that wait. The site starts it; by hand it does no harm."""

import os
import resource

import click
from flask.cli import with_appcontext

from app.exporting import carry_all

MEMORY = 1024**3  # bytes of address space: a list that does not fit is an error, not a machine without memory


@click.command("carry-exports")
@with_appcontext
def carry_exports() -> None:
    """Make what waits, one after another, behind everything that people wait for."""
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    click.echo(f"导出 {carry_all()} 份")
