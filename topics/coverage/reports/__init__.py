"""What is told of stories and outlets: who was first, who has it from whom."""
