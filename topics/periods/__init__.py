"""Topics over time and outlets."""
