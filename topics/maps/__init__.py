"""Layout and picture of a corpus."""
