"""志愿者上报: review and lists."""
