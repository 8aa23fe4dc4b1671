"""Workers by fork: the program `adloom worker`, its modules loaded once, each in a process and a group of its own.

A start takes three seconds of a core for imports alone; a hundred deaths would be five minutes of nothing else. Each
line on standard input is how many jobs at a time and a log file's path; the answer is the worker's process id. The end
of the input kills them all.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys

# What the command imports once it knows that it is the worker. Nothing here starts a thread or reads a setting.
_LOADED = ("adloom.cli.main", "adloom.cli.session", "adloom.worker", "adloom.platforms.registry", "psycopg")


def main() -> None:
    """Serves until the input ends."""
    for name in _LOADED:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them
    for number in (signal.SIGTERM, signal.SIGINT):  # meant for all: it ends with its input, and then all it has borne
        signal.signal(number, signal.SIG_IGN)
    born: list[int] = []
    for line in sys.stdin:
        concurrency, _, log = line.strip().partition(" ")
        born.append(_bear(log, concurrency))
        sys.stdout.write(f"{born[-1]}\n")
        sys.stdout.flush()
    for pid in born:
        _kill(pid)


def _bear(log: str, concurrency: str) -> int:
    pid = os.fork()
    os.setpgid(pid, pid)  # here and there: whoever is told of it may kill the group at once
    if pid:
        return pid
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    file = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0), os.dup2(file, 1), os.dup2(file, 2)
    sys.argv = ["adloom", "worker", "--concurrency", concurrency]
    from adloom.cli.main import run

    try:
        run()
    finally:
        os._exit(1)


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    main()
