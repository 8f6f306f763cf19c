"""Who repeats whom: relations between passages of different outlets."""
