"""What a person has told, kept, recalled and forgotten on request."""
