"""Words that tell topics apart, and names made of them."""
