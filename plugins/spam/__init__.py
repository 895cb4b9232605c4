"""Tells spam from ham by a finetuned classifier."""
