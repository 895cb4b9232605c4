"""What was trained here: the library of adapters, and how one is used."""
