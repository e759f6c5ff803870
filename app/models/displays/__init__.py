"""What the portal shows of teams, bases and professional volunteers, and the consent it needs."""
