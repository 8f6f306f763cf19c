"""Exports of news databases: files that hold many articles, told by what stands in them."""
