"""Every list and statistic of the product with each of its filters, at both sizes (`make bench-filters`, docs/performance.md)."""
