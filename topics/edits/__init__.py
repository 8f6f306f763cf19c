"""Topics changed by hand, and how each run obeys."""
