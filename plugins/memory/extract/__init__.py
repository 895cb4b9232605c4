"""The local extractor: finds what a person states about themselves, by rules in tables."""
