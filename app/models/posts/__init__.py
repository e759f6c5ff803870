"""任职: lists, appointment and hand-over, open work, what rises to the next level."""
