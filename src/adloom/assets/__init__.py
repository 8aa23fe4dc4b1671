"""Images, video and documents: probed once, stored once."""
