"""The one SQLite file: its schema, its tables, and articles into it."""
