-- After every `flask db upgrade` and `flask restore`, as PostgreSQL's superuser:
--   sudo -u postgres psql -1 -v ON_ERROR_STOP=1 -d volunteer -f - < deploy/hand_over.sql
-- The site's role keeps what it needs each day: it reads and writes rows. The tables, and with them the triggers that
-- keep the history, belong to a role as which nobody signs in. hand_back.sql undoes it for the next upgrade.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'volunteer_owner') THEN
    CREATE ROLE volunteer_owner NOLOGIN;
  END IF;
END $$;
REASSIGN OWNED BY volunteer TO volunteer_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC, volunteer;
GRANT USAGE ON SCHEMA public TO volunteer;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO volunteer;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO volunteer;
-- what nobody changes by hand: the triggers refuse it too
REVOKE UPDATE, DELETE ON history, history_seal FROM volunteer;
REVOKE UPDATE ON history_note FROM volunteer;
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM volunteer;
