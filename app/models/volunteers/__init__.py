"""What a person is as a volunteer: identity, ID-card number, membership, searches."""
