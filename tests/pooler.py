"""A real PgBouncer in transaction mode before a test's server: few connections, shared by everybody."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests import debian

from adloom.db import roles
from adloom.db.server import account
from adloom.db.urls import Urls

_CONFIGURATION = """\
[databases]
* = host={host} port={port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/userlist.txt
pool_mode = transaction
default_pool_size = {pool_size}
max_client_conn = 500
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
"""


def _program() -> Path:
    found = shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin") or shutil.which("pgbouncer")
    return debian.needs("pgbouncer", found or "/usr/sbin/pgbouncer")


@contextmanager
def before(urls: Urls, *, pool_size: int = 3) -> Iterator[Urls]:
    """The same database through a pooler, with the way past it beside."""
    program, run_as = _program(), account.choose(None).run_as
    server = urlsplit(urls.app)
    listen_port = _free_port()
    with tempfile.TemporaryDirectory(prefix="adloom-pooler-") as name:
        folder = Path(name)
        logins = [urlsplit(urls.logins[role]) for role in (roles.APP, roles.WORKER, roles.OWNER)]
        users = "".join(f'"{login.username}" "{unquote(login.password or "")}"\n' for login in logins)
        (folder / "userlist.txt").write_text(users)
        (folder / "pgbouncer.ini").write_text(
            _CONFIGURATION.format(
                host=server.hostname,
                port=server.port,
                listen_port=listen_port,
                folder=folder,
                pool_size=pool_size,
            )
        )
        for path in (folder, *folder.iterdir()):
            if run_as:
                shutil.chown(path, run_as["user"], run_as["group"])
        log = subprocess.DEVNULL
        process = subprocess.Popen([program, "-q", folder / "pgbouncer.ini"], stdout=log, stderr=log, cwd="/", **run_as)
        try:
            _await(process, listen_port, folder)
            pooled = {role: _through(url, listen_port) for role, url in urls.logins.items()}
            yield replace(urls, logins=pooled, embedded=False, direct_url=urls.app)
        finally:
            process.terminate()
            process.wait(timeout=10)


def _through(url: str, port: int) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{port}").geturl()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _await(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    for _ in range(200):
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        log = folder / "pgbouncer.log"
        assert process.poll() is None, log.read_text() if log.exists() else "pgbouncer ended at once"
        time.sleep(0.05)
    raise AssertionError("pgbouncer does not listen")
