"""Golden questions: what must be answered, and how, so that a change for the worse is noticed."""
