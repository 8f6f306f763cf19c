"""The command: thin functions with the options, over plain ones that return data."""
