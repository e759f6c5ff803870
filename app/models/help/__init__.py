"""公众求助: states, clock, the verbs of desk, asker and service, lists, suggestions."""
