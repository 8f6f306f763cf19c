"""An assistant's hands on a database: tools of the Model Context Protocol that only read."""
