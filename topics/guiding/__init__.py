"""What the user asks for, and how far passages fit it."""
