"""Pages in one file that opens from disk."""
