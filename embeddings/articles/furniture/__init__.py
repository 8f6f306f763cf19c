"""Page furniture: the lines around and between an article's paragraphs."""
