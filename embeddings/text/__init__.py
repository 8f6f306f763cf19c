"""Text in normal form, its words and windows, used by all below."""
