"""Thresholds set by example, and why a pair was not joined."""
