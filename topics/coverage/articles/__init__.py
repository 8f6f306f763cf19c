"""Articles as coverage sees them, and the days between them."""
