"""The tree of topics, the level shown, and ids that follow members."""
