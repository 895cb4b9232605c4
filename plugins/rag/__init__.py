"""Answers from the ingested documents, with citations."""
