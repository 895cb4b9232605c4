"""Web pages in: fetched with care, and kept as files that the loaders read."""
