"""Reads instructions and preferences from files of many forms."""
