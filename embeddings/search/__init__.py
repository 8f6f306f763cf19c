"""Search: which words are meant, which passages come nearest, and how they are shown."""
