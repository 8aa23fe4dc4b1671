"""Keeping the house: checks, partitions, retention, doctor."""
