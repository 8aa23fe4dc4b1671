"""What every platform of the sandbox has in common: first line, control API, clock, orderly end."""

import signal


def test_the_first_line_tells_port_and_control_key(sandbox):
    assert sandbox.line["port"] > 0
    assert len(sandbox.line["control_key"]) >= 16


def test_the_control_api_wants_its_key(sandbox):
    assert sandbox.http.get("/_sandbox/ledger").status_code == 403
    assert sandbox.http.get("/_sandbox/ledger", headers={"X-Sandbox-Key": "guess"}).status_code == 403


def test_the_clock_moves_by_a_duration_and_to_an_instant_but_never_back(sandbox):
    assert sandbox.advance("PT24H").startswith("2026-11-24T18:00")
    assert sandbox.control("clock", {"at": "2026-12-01T00:00:00Z"})["now"].startswith("2026-12-01T00:00")
    assert sandbox.control_raw("clock", {"at": "2026-11-30T00:00:00Z"}).status_code == 400
    assert sandbox.control_raw("clock", {"advance": "tomorrow"}).status_code == 400


def test_reset_begins_again_at_the_start(sandbox):
    sandbox.advance("P20D")
    assert sandbox.control("reset", {})["now"].startswith("2026-11-23T18:00")


def test_a_sandbox_ends_quietly_on_a_signal(start_sandbox):
    running = start_sandbox()
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(timeout=10) == 0
