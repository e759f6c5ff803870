"""Pictures of users: uploaded, made safe, stored."""
