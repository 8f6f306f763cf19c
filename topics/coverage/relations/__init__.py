"""Relations: one wording, one inside the other, one event; of passages, then of articles."""
