"""Relations between passages: one wording, one inside the other, one event."""
