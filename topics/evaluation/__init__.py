"""Topics against labels given by hand."""
