"""`flask backup` and `flask restore`: the whole site in one encrypted file, the same for SQLite and PostgreSQL."""
