"""信息统计: totals, tree, people, help, from the kept roll-up."""
