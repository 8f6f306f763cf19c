"""All stages over a store: what hangs on what, made and kept."""
