"""Accounts: registering, signing in and out, passwords, and the limits on guessing them."""
