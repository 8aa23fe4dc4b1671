"""Meta (Facebook and Instagram) through the Graph API. Reached through `platforms.registry` alone."""
