"""How a message is read before plugins are picked for it."""
