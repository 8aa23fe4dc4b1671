"""Engines."""
from sqlalchemy import URL, make_url
def sqlalchemy_url(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")
