"""The texts of postgresql.conf and pg_hba.conf. Pure: writes nothing, asks nobody.

They are written anew at each start, outside the data folder; `ALTER SYSTEM` is for settings of one's own.
"""

from __future__ import annotations

import sys
from pathlib import Path

SETTINGS_FILE = "postgresql.conf"
ACCESS_FILE = "pg_hba.conf"

# This machine's loopback, by password, and nobody else.
ACCESS = """\
host all all 127.0.0.1/32 scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
"""

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_locks_per_transaction": "256",  # a migration touches every partition in one transaction
    "password_encryption": "scram-sha-256",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_level": "replica",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_checkpoints": "off",
    "lc_messages": "C",
    "default_text_search_config": "pg_catalog.english",
    "jit": "off",  # the wheel has none; plans should not depend on whose programs run
    "cluster_name": "adloom",
}

_STATISTICS = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track_utility": "off",
}


def settings_text(*, initial: Path, statistics: bool) -> str:
    """The text of postgresql.conf, upon the `initial` one, in which initdb noted what this machine can do.

    `statistics`: whether the library pg_stat_statements can be loaded.
    """
    settings = dict(_SETTINGS)
    if statistics:
        settings |= _STATISTICS
    if sys.platform.startswith(("linux", "darwin")):
        # A killed worker's statement ends, and its advisory lock with it, though nobody reads the answer.
        settings["client_connection_check_interval"] = "200ms"
    included = str(initial).replace("'", "''")
    return "\n".join(
        [
            "# Written at each start of the server. Use ALTER SYSTEM for settings of your own.",
            f"include = '{included}'",
            *(f"{name} = '{value}'" for name, value in settings.items()),
            "",
        ]
    )
