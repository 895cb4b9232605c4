"""The stages of a search, each in a room of its own; `ingest.search` puts them together."""
