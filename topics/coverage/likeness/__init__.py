"""How alike passages and articles are: words, facts and days weighed."""
