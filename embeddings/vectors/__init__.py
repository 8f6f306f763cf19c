"""Texts to vectors once, and the one neighbour graph over them."""
