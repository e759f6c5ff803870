-- Before `flask db upgrade` and `flask db downgrade`, while the site stands still, as PostgreSQL's superuser:
--   sudo -u postgres psql -1 -v ON_ERROR_STOP=1 -d volunteer -f - < deploy/hand_back.sql
-- Migrations need the tables to be the site's own. hand_over.sql afterwards.
REASSIGN OWNED BY volunteer_owner TO volunteer;
GRANT CREATE ON SCHEMA public TO volunteer;
GRANT ALL ON ALL TABLES IN SCHEMA public TO volunteer;
