"""Texts to vectors: the reference encoder and the compiled one, behind one protocol."""
