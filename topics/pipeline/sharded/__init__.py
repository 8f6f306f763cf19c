"""The stages of a run over files, each a function from whole files to whole files."""
