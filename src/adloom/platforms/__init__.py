"""The advertising platforms: one contract, one adapter each, one outward HTTP client, one registry."""
