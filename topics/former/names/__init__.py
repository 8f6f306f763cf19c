"""Now ``topics.naming``."""
