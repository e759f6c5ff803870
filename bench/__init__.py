"""The bench: ratios against references served beside the product (`make bench`); results.md holds the last run."""
