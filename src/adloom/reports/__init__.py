"""Definitions of reports, and what was made of them."""
