"""Conversations: saved, named, searched, resumed, exported and deleted, each its user's alone."""
