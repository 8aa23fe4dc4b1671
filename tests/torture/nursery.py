"""Workers by fork: the program `adloom worker`, its modules loaded once, each in a process and a group of its own.

A start takes three seconds of a core for imports alone; a hundred deaths would be five minutes of nothing else. Each
line on standard input is a log file's path; the answer is the process id of the worker that writes there. The end of
the input kills them all.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys

_WORKER = ["adloom", "worker", "--concurrency", "8"]
# What the command imports once it knows that it is the worker. Nothing here starts a thread or reads a setting.
_LOADED = ("adloom.cli.main", "adloom.cli.session", "adloom.worker", "adloom.platforms.registry", "psycopg")


def main() -> None:
    """Serves until the input ends."""
    for name in _LOADED:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them
    born: list[int] = []
    for line in sys.stdin:
        born.append(_bear(line.strip()))
        sys.stdout.write(f"{born[-1]}\n")
        sys.stdout.flush()
    for pid in born:
        _kill(pid)


def _bear(log: str) -> int:
    pid = os.fork()
    if pid:
        return pid
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    file = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0), os.dup2(file, 1), os.dup2(file, 2)
    sys.argv = list(_WORKER)
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
