"""Making the roles of an external server, a second time too."""

from __future__ import annotations

import psycopg
from tests.databases import Cluster

from adloom.db import roles as db_roles
from adloom.db.urls import Urls
from adloom.operations import roles


def test_a_second_time_no_login_loses_its_password(cluster: Cluster, database: Urls) -> None:
    assert database.superuser is not None
    made = roles.roles(url=database.superuser, only_print=False, database=database.superuser.rsplit("/", 1)[1])
    assert made["passwords"] == {}
    with psycopg.connect(database.app) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (db_roles.APP,)
