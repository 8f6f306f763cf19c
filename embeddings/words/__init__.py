"""Copies, from words alone: facts, spelling, alignment, verified groups."""
