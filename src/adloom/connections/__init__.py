"""Platform logins and the ad accounts beneath them: connected once, sealed, verified, refreshed before they lapse."""
