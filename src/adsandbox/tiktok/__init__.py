"""TikTok API for Business v1.3, simulated as `TikTok Marketing API` documentation and SDK describe it."""
