"""A corpus as files: places, stages of tasks with markers, runs that go on where they stopped."""
