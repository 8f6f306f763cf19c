"""Topics once found, kept while the corpus grows: what is placed, what is born, what ends."""
