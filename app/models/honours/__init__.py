"""季度之星: quarters, facts, proposals, lists."""
