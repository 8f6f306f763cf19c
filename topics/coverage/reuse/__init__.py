"""Words traced to the outlet that had them first."""
