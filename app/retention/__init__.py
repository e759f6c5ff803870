"""How long what is kept: the terms with their reasons, and what is due by them (`flask retention`)."""
