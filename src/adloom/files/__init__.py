"""Object storage by URL: bytes in, bytes out, under content-addressed keys. Knows no table and no rule."""
