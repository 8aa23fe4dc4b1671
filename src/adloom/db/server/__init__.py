"""The embedded PostgreSQL: its programs, its cluster, and one server shared by every command of a HOME.

Never reachable from beyond this machine's loopback, never run as root, never stopped under somebody's hands.
"""

from adloom.db.server.supervisor import exclusively, keep, ownerless, remove, running, status, stop
from adloom.db.server.types import ServerStatus

__all__ = ["ServerStatus", "exclusively", "keep", "ownerless", "remove", "running", "status", "stop"]
