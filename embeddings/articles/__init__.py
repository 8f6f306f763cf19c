"""Files to articles, without page furniture, and to passages."""
