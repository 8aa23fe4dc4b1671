"""What we want to say, to whom, for how much."""
