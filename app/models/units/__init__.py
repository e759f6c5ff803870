"""Work units: lists, changes, mergers, what a unit sees of itself."""
