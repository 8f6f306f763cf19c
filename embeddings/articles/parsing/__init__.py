"""Bytes, lines and dates, whatever the file they stand in."""
