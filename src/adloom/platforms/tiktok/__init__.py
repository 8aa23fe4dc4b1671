"""TikTok through its API for Business. Reached through `platforms.registry` alone."""
