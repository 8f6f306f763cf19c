"""Kinds of files: each module reads one."""
