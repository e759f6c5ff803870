"""Bringing the city in: reading a file of people, checking it, invitations."""
