"""The server over real HTTP: in a thread of its own, on a port of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn

from adloom import server
from adloom.core import logging


@contextmanager
def served() -> Iterator[httpx.Client]:
    """A client of a server on the database that this process is configured to; the server is stopped at the end."""
    logging.configure("ERROR")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(server.create_app(), log_config=None, access_log=False, ws="none")
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, name="server")
        thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=30) as client:
                yield client
        finally:
            running.should_exit = True
            thread.join()
