"""Who changed what: written by triggers, read here."""
