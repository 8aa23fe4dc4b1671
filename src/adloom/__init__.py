"""Adloom: one ad, written once, woven into four advertising platforms, on PostgreSQL."""
