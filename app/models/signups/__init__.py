"""The rules of 报名: seats, the queue, conflicts, and what lists and boxes show of it."""
