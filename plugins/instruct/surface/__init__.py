"""From the built-in base's tokens to text that a person likes to read."""
