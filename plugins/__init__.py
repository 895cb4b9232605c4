"""What the assistant can do: each folder is one plugin, and none imports another."""
