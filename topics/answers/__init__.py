"""What the command does, as functions that return data."""
