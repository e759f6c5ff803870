"""A real database for every test, with real commits, as new as if nobody had ever used it.

How a test gets one:

1. Once in a run a function fills an empty database, or a copy of another template (migrations and regions; on
   these whatever every test needs): the template, one for each kind and name.
2. Each xdist worker copies the template once: a file on SQLite, CREATE DATABASE … TEMPLATE on PostgreSQL.
3. After each test `restore()` brings back what the copy held at first. Nothing is rolled back and nothing
   is mocked: the product commits, several threads or processes may write, and afterwards
   - SQLite: if any connection committed (PRAGMA data_version), the log is emptied into the file, whose changed pages
     are put back, and open connections forget theirs;
   - PostgreSQL: one function looks at each table (number of rows, newest writer), puts back the changed
     ones, and all sequences. It runs as `session_replication_role = replica`, so neither foreign keys nor the
     triggers that keep the history from being deleted stand in the way; the product never does that.

A test that leaves a transaction open makes `restore` fail within seconds instead of passing its mess on.
"""

import hashlib
import os
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from app import sqlite
from tests.support import ROOT, postgres

Prepare = Callable[[str], None]
PATIENCE = 5  # seconds to wait for a transaction that a test left open
PAGE = 4096  # bytes of a file that are compared, and put back, at a time
SCHEMA = slice(40, 44)  # where an SQLite file counts the changes of its tables


class Database(ABC):
    """One worker's own database: its `url`, and the way back to its first content."""

    url: str
    owners: str  # the URL of a role that may change tables, which the site's own may not

    @classmethod
    @abstractmethod
    def make(cls, run: Path, template: "Template") -> None:
        """Make the template unless it is there."""

    @abstractmethod
    def restore(self) -> None:
        """Bring the first content back."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the database at the end of the run."""


@dataclass(frozen=True)
class Template:
    """What a database is copied from: its `name`, what fills it, and the template on which it goes on (none: empty)."""

    name: str
    fill: Prepare
    on: "Template | None" = None


def open_database(kind: str, worker: str, template: Template) -> Database:
    """This worker's copy of the template, which is made when it is missing.

    `kind` is "sqlite" or "postgresql"; `worker` is xdist's name ("gw0", or "master" without xdist).
    """
    run = Path(os.environ[postgres.RUN])
    maker = {"sqlite": SQLite, "postgresql": PostgreSQL}[kind]
    make_template(run, kind, template)
    with postgres.held(run / f"{kind}-{template.name}.lock"):
        return maker(run, template.name, worker)


def make_template(run: Path, kind: str, template: Template) -> None:
    """Make it and what it goes on, unless another worker did."""
    if template.on:
        make_template(run, kind, template.on)
    maker = {"sqlite": SQLite, "postgresql": PostgreSQL}[kind]
    with postgres.held(run / f"{kind}-{template.name}.lock"):
        maker.make(run, template)


class SQLite(Database):
    """A file in the run's directory, beside its template."""

    def __init__(self, run: Path, name: str, worker: str) -> None:
        self.template, file = run / f"{name}.db", run / f"{name}-{worker}.db"
        shutil.copyfile(self.template, file)
        self.url = self.owners = f"sqlite:///{file}"
        # stays open: whoever closes a file lets go of all locks that their process has on it, those of SQLite's connections too
        self.file = os.open(file, os.O_RDWR)
        self.watcher = sqlite3.connect(file, timeout=PATIENCE, check_same_thread=False)
        self.first, self.seen = self._content(), self._version()

    @classmethod
    def make(cls, run: Path, template: Template) -> None:
        if (run / f"{template.name}.db").exists():
            return
        draft = run / f"{template.name}-new.db"
        if template.on:
            shutil.copyfile(run / f"{template.on.name}.db", draft)
        template.fill(f"sqlite:///{draft}")
        connection = sqlite3.connect(draft)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        draft.rename(run / f"{template.name}.db")

    def _version(self) -> int:
        """Changes whenever another connection commits."""
        return self.watcher.execute("PRAGMA data_version").fetchone()[0]

    def _content(self) -> bytes:
        return os.pread(self.file, os.fstat(self.file).st_size, 0)

    def _empty_log(self) -> None:
        """Bring all that was committed into the file, and let every connection forget what it read of it."""
        if self.watcher.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise TimeoutError("A test left a transaction open: its database cannot be restored.")

    def restore(self) -> None:
        if self._version() != self.seen:
            with sqlite._one_copies:  # the product may be copying the log still, and SQLite refuses who comes second
                self._restore()

    def _restore(self) -> None:
        self._empty_log()
        now = os.pread(self.file, len(self.first), 0)
        if (len(now), now[SCHEMA]) != (len(self.first), self.first[SCHEMA]):
            self._begin_again()
        elif now != self.first:
            self._put_back(now)
            self._empty_log()
        self.seen = self._version()

    def _put_back(self, now: bytes) -> None:
        """Write the pages over the file that are others than at first; nobody uses it meanwhile.

        What it has grown by is emptied only: SQLite remembers how long it is, and its first page how much of that is used."""
        for place in range(0, len(self.first), PAGE):
            page = self.first[place : place + PAGE]
            if now[place : place + PAGE] != page:
                os.pwrite(self.file, page, place)
        size = os.fstat(self.file).st_size
        os.truncate(self.file, len(self.first))
        os.truncate(self.file, size)

    def _begin_again(self) -> None:
        """The tables were changed, or the file is shorter: SQLite's own backup, after which every connection reads anew what there is."""
        with closing(sqlite3.connect(f"file:{self.template}?mode=ro", uri=True)) as template:
            template.backup(self.watcher)
        self._empty_log()
        self.first = self._content()

    def close(self) -> None:
        self.watcher.close()
        os.close(self.file)


class PostgreSQL(Database):
    """A database of the run's server, named after run, template and worker."""

    def __init__(self, run: Path, name: str, worker: str) -> None:
        server = postgres.server_url()
        prefix = _prefix() + name
        with psycopg.connect(_plain(server), autocommit=True) as admin:
            _create(admin, f"{prefix}_{worker}", template=prefix)
        self.owners = _sibling(server, f"{prefix}_{worker}")
        self.keeper = psycopg.connect(_plain(self.owners), autocommit=True)
        hand(self.keeper, "over")
        self.url = as_the_site(self.owners)

    @classmethod
    def make(cls, run: Path, template: Template) -> None:
        server, name = postgres.server_url(), _prefix() + template.name
        draft = _sibling(server, f"{name}_new")
        with psycopg.connect(_plain(server), autocommit=True) as admin:
            if _exists(admin, name):
                return
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(f"{name}_new")))  # one that broke
            _create(admin, f"{name}_new", template=_prefix() + template.on.name if template.on else "template0")
            with psycopg.connect(_plain(draft), autocommit=True) as connection:
                connection.execute("DROP SCHEMA IF EXISTS kept CASCADE")
            template.fill(draft)
            with psycopg.connect(_plain(draft), autocommit=True) as connection:
                connection.execute(KEEP)
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            admin.execute(rename.format(sql.Identifier(f"{name}_new"), sql.Identifier(name)))

    def restore(self) -> None:
        self.keeper.execute("SELECT kept.restore()")

    def close(self) -> None:
        self.keeper.close()


def make_role(connection: psycopg.Connection) -> None:
    """Make the site's role where it is missing."""
    with postgres.held(Path(os.environ[postgres.RUN]) / "role.lock"):
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'volunteer'").fetchone():
            connection.execute("CREATE ROLE volunteer LOGIN PASSWORD 'volunteer'")


def hand(connection: psycopg.Connection, way: str) -> None:
    """Run deploy/hand_over.sql or deploy/hand_back.sql ('over', 'back') on this database."""
    make_role(connection)
    with postgres.held(Path(os.environ[postgres.RUN]) / "role.lock"):  # each changes rows that all databases share
        connection.execute((ROOT / f"deploy/hand_{way}.sql").read_bytes())


def owners_url(name: str) -> str:
    """The URL of this PostgreSQL database for who may do anything to it: an intruder, an operator."""
    return _sibling(postgres.server_url(), name)


def as_the_site(url: str) -> str:
    """The same database, reached by the role that the site has (docs/deploy.md), which owns nothing."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://volunteer:volunteer@{rest.partition('@')[2]}"


def drop_leftovers() -> None:
    """Remove this run's databases from a server that somebody lent us ($TEST_DATABASE_URL)."""
    if not os.environ.get("TEST_DATABASE_URL"):
        return
    with psycopg.connect(_plain(postgres.server_url()), autocommit=True) as admin:
        ours = admin.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_prefix()])
        for (name,) in ours.fetchall():
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _prefix() -> str:
    """What the names of this run's databases begin with."""
    return f"test_{hashlib.sha256(os.environ[postgres.RUN].encode()).hexdigest()[:8]}_"


def _plain(url: str) -> str:
    """libpq's own form of an SQLAlchemy URL."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def _sibling(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    address, question, options = url.partition("?")
    return f"{address.rsplit('/', 1)[0]}/{name}{question}{options}"


def _exists(admin: psycopg.Connection, name: str) -> bool:
    return admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _create(admin: psycopg.Connection, name: str, template: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    admin.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


# Made in the template after `prepare`: a copy of every table and sequence, what a table looks like untouched, and the function
# that restores. Columns that the database computes itself are left to it. `kept.looks()` names all tables in one statement,
# which PostgreSQL plans once for a connection: a statement for each costs four times as much.
KEEP = f"""
CREATE SCHEMA kept;
CREATE TABLE kept.tables (name text PRIMARY KEY, columns text, row_count bigint, newest bigint);
CREATE TABLE kept.sequences (name text PRIMARY KEY, value bigint, called boolean);

DO $$
DECLARE item record; all_of_them text;
BEGIN
  SELECT string_agg(format('SELECT %L, count(*), max(xmin::text::bigint) FROM public.%I', tablename, tablename), ' UNION ALL ')
    INTO all_of_them FROM pg_tables WHERE schemaname = 'public';
  EXECUTE format('CREATE FUNCTION kept.looks() RETURNS TABLE (name text, row_count bigint, newest bigint) LANGUAGE plpgsql AS %L',
                 'BEGIN RETURN QUERY ' || all_of_them || '; END');
  FOR item IN SELECT * FROM kept.looks() LOOP
    EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%1$I', item.name);
    INSERT INTO kept.tables
      SELECT item.name, (SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
                         WHERE table_schema = 'public' AND table_name = item.name AND is_generated = 'NEVER'),
             item.row_count, item.newest;
  END LOOP;
  FOR item IN SELECT sequencename AS name FROM pg_sequences WHERE schemaname = 'public' LOOP
    EXECUTE format('INSERT INTO kept.sequences SELECT %L, last_value, is_called FROM public.%I', item.name, item.name);
  END LOOP;
END $$;

CREATE FUNCTION kept.restore() RETURNS void LANGUAGE plpgsql
SET session_replication_role = replica SET lock_timeout = '{PATIENCE}s' SET client_min_messages = warning AS $$
DECLARE item record;
BEGIN
  FOR item IN SELECT first.* FROM kept.looks() AS now JOIN kept.tables AS first USING (name)
              WHERE (now.row_count, now.newest) IS DISTINCT FROM (first.row_count, first.newest) LOOP
    EXECUTE format('DELETE FROM public.%I', item.name);
    EXECUTE format('INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE SELECT %2$s FROM kept.%1$I',
                   item.name, item.columns);
    UPDATE kept.tables SET newest = pg_current_xact_id()::xid::text::bigint WHERE name = item.name AND row_count > 0;
  END LOOP;
  PERFORM setval(format('public.%I', name)::regclass, value, called) FROM kept.sequences;
END $$;
"""
