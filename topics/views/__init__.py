"""Results as pages show them: templates, styles, scripts and what is handed to them."""
