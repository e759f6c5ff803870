"""The rows of the table, each a function from the bench (bench/run.py: `Bench`) to its figures."""
