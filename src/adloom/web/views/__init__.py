"""What templates show: frozen values whose every text is already written for people. Pure."""
