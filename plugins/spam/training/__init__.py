"""Finetunes a spam classifier: `train.py` is the spine, the other files are its steps."""
