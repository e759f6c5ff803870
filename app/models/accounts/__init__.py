"""What an account consists of: credentials, profile, sessions, counted attempts, preferences."""
