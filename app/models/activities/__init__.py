"""What stands around an activity: its facts, phases, searches, counts, changes."""
