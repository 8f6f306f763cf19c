"""Topics found in the neighbour graph: communities, levels, stability."""
