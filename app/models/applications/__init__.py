"""What stands around a volunteer application: its queue, decisions, the checks a reviewer sees."""
