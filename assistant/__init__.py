"""The application: what a message passes through, from a face to a scored answer."""
