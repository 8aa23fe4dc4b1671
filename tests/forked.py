"""Programs started by fork from one process that has imported what they import, each a process of its own for all that.

A start of Python with everything a worker needs is three seconds of a core, and the suite starts some hundreds. What is
tested of a process holds as before: its arguments, environment, standard streams, exit code, and the signals it gets.
`tests/doors/test_demo.py` and the sandbox's tests start programs as a shell does.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path
from subprocess import CompletedProcess

# What is imported once. The modules that are run are not among them: they run as `python -m` runs them.
_LOADED = ["adloom.cli.demo", "adloom.cli.session", "adloom.worker", "adloom.server", "adloom.operations.doctor"]
_PATIENCE_S = 120.0


class Forked:
    """One such process, from its start on. It is ended with the process that asked for it, at the latest."""

    def __init__(
        self,
        module: str,
        *arguments: str,
        output: Path,
        errors: Path | None = None,
        input: Path = Path(os.devnull),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        streams = [str(path.absolute()) for path in (input, output, errors or output)]
        values = dict(os.environ if environment is None else environment)
        self._process = _context().Process(target=_become, args=(module, arguments, values, streams), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        """The process's id."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """The exit code, minus the signal's number where one ended it; None as long as it lives."""
        return self._process.exitcode

    def wait(self, timeout: float = _PATIENCE_S) -> int:
        """The same, once it has ended; fails where that takes longer."""
        self._process.join(timeout)
        code = self.poll()
        assert code is not None, f"process {self.pid} did not end within {timeout} s"
        return code

    def send_signal(self, number: int) -> None:
        """Sends a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)


def run(
    module: str, *arguments: str, stdin: str = "", environment: Mapping[str, str] | None = None
) -> CompletedProcess[str]:
    """Runs a program to its end and returns what `subprocess.run` would; fails after two minutes."""
    with tempfile.TemporaryDirectory() as made:
        given, output, errors = (Path(made, name) for name in ("in", "out", "err"))
        given.write_text(stdin)
        process = Forked(module, *arguments, input=given, output=output, errors=errors, environment=environment)
        try:
            code = process.wait()
        finally:
            process.kill()
        return CompletedProcess([module, *arguments], code, output.read_text(), errors.read_text())


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    return context


def _become(module: str, arguments: Sequence[str], environment: Mapping[str, str], streams: Sequence[str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    for number, (path, mode) in enumerate(zip(streams, "raa", strict=True)):
        with Path(path).open(mode) as file:
            os.dup2(file.fileno(), number)
    sys.stdin = os.fdopen(0, closefd=False)  # what forked closed its own
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
