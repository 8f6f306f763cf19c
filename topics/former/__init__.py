"""Modules under the names that earlier docs show; each hands on what is elsewhere now."""
