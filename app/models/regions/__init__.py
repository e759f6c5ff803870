"""The tree of regions: its file, searches, changes, mergers, former names."""
