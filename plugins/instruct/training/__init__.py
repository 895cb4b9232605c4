"""Trains the instruct model: by low-rank adapters, whole, or on preferences."""
