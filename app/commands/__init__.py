"""One module a command (SPEC section 6)."""
