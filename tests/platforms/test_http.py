"""The one HTTP client: what it says about an outcome, whom it talks to, and what it records."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import sleep

import pytest

from adloom.core.errors import OutcomeUnknown, Throttled, Unavailable
from adloom.core.time import now
from adloom.platforms import deadlines
from adloom.platforms.http import Answer, Http, Request, dumps
from adloom.platforms.recorder import Recorder
from adloom.platforms.types import Platform

PLATFORM = Platform.TIKTOK_ADS


class Server(BaseHTTPRequestHandler):
    """Answers by path: whole, cut off, never, redirected, too long."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(body)

    def do_GET(self) -> None:
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        name = self.path.strip("/").split("?")[0]
        if name == "cut":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
            self.close_connection = True
        elif name == "silent":
            self.close_connection = True
        elif name == "slow":
            self._drip()
        elif name == "slow-head":
            self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        elif name == "elsewhere":
            self._send(302, b"", Location="https://elsewhere.example/x")
        elif name == "moved":
            self._send(302, b"", Location="/echo")
        elif name == "words":
            self._send(200, b"<html>not JSON</html>")
        else:
            headers = {key.lower(): value for key, value in self.headers.items()}
            self._send(400, json.dumps({"body": body.decode(), "headers": headers, "path": self.path}).encode())

    def _drip(self, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n") -> None:
        """A byte now and then: each read is in time, the whole is not."""
        self.wfile.write(head)
        for _ in range(50):
            try:
                self.wfile.write(b"x")
            except OSError:
                return
            self.server.pause()  # type: ignore[attr-defined]

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keeps quiet."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    from threading import Event

    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    stopped = Event()
    server.pause = lambda: stopped.wait(0.05)  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    stopped.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def http(url: str) -> Iterator[Http]:
    client = Http(bases={PLATFORM: (url,)})
    yield client
    client.close()


def request(url: str, **changes: object) -> Request:
    return Request(PLATFORM, "POST", url, "POST thing", timeout_s=0.5, **changes)  # type: ignore[arg-type]


def test_any_status_is_an_answer_and_not_an_error(http: Http, url: str) -> None:
    answer = http.send(request(f"{url}/echo", json={"budget": Decimal("50.00")}, params={"a": "1"}))
    assert answer.status == 400
    assert answer.json()["body"] == '{"budget":50.00}'
    assert answer.json()["path"] == "/echo?a=1"


def test_json_numbers_come_back_as_decimals(http: Http, url: str) -> None:
    answer = Answer(200, {}, b'{"spend": 0.1, "n": 3}', request(url))
    assert answer.json() == {"spend": Decimal("0.1"), "n": 3}


@pytest.mark.parametrize("path", ["cut", "silent", "slow", "slow-head"])
def test_a_write_without_a_whole_answer_has_an_unknown_outcome(http: Http, url: str, path: str) -> None:
    with pytest.raises(OutcomeUnknown, match="tiktok_ads"):
        http.send(request(f"{url}/{path}", json={}, is_write=True))


@pytest.mark.parametrize("path", ["cut", "silent", "slow", "slow-head"])
def test_a_read_without_a_whole_answer_is_unavailable(http: Http, url: str, path: str) -> None:
    with pytest.raises(Unavailable):
        http.send(request(f"{url}/{path}", json={}))


def test_a_write_that_never_left_surely_did_nothing() -> None:
    client = Http(bases={PLATFORM: ("http://127.0.0.1:1",)})
    with pytest.raises(Unavailable, match="cannot be reached"):
        client.send(request("http://127.0.0.1:1/x", json={}, is_write=True))
    client.close()


def test_a_write_answered_with_something_else_than_json_has_an_unknown_outcome(http: Http, url: str) -> None:
    with pytest.raises(OutcomeUnknown):
        http.send(request(f"{url}/words", json={}, is_write=True)).json()
    with pytest.raises(Unavailable):
        http.send(request(f"{url}/words", json={})).json()


def test_a_write_whose_time_is_over_before_it_leaves_surely_did_nothing(url: str) -> None:
    class Stopped:
        """As a process that is stopped between the last question and the first byte."""

        def before(self, request: Request) -> None:
            sleep(0.06)

        def after(self, request: Request, answer: Answer) -> None:
            raise AssertionError("nothing was sent")

    client = Http(bases={PLATFORM: (url,)}, throttle=Stopped())
    with deadlines.within(timedelta(seconds=0.05)), pytest.raises(Unavailable):
        client.send(request(f"{url}/echo", json={}, is_write=True))
    client.close()


def test_a_connection_that_is_open_already_carries_nothing_after_the_time_is_over(http: Http, url: str) -> None:
    assert http.send(request(f"{url}/echo", json={}, is_write=True)).status == 400
    with deadlines.within(timedelta(0)), pytest.raises(Unavailable):
        http.send(request(f"{url}/echo", json={}, is_write=True))
    assert http.send(request(f"{url}/echo", json={}, is_write=True)).status == 400


def test_all_requests_of_a_step_share_its_time_but_for_a_renewed_login(http: Http, url: str) -> None:
    with deadlines.within(timedelta(seconds=0.2)):
        with pytest.raises(OutcomeUnknown):
            http.send(Request(PLATFORM, "POST", f"{url}/slow", "POST thing", json={}, is_write=True))
        with pytest.raises(Unavailable):
            http.send(request(f"{url}/echo", json={}, is_write=True))
        with deadlines.on_its_own():
            assert http.send(request(f"{url}/echo", json={})).status == 400


def test_nothing_is_sent_to_a_host_that_is_not_the_platforms(http: Http) -> None:
    with pytest.raises(Unavailable, match=r"elsewhere\.example"):
        http.send(request("https://elsewhere.example/x", json={}, is_write=True))


@pytest.mark.parametrize(
    "host",
    [
        "https://tiktok.com.evil.example",
        "http://business-api.tiktok.com",
        "https://tiktok.com@evil.example",
        "ftp://tiktok.com",
        "https://[tiktok.com",
    ],
)
def test_a_host_that_only_looks_like_the_platforms_is_refused(http: Http, host: str) -> None:
    with pytest.raises(Unavailable, match="none of its hosts"):
        http.follow(f"{host}/x", platform=PLATFORM)


def test_a_redirect_of_a_call_is_not_followed(http: Http, url: str) -> None:
    assert http.send(request(f"{url}/moved", json={})).status == 302


def test_a_download_follows_redirects_on_the_platforms_hosts_only(http: Http, url: str) -> None:
    answer = http.follow(f"{url}/moved", platform=PLATFORM)
    assert answer.json()["path"] == "/echo"
    assert "authorization" not in answer.json()["headers"]
    with pytest.raises(Unavailable, match=r"elsewhere\.example"):
        http.follow(f"{url}/elsewhere", platform=PLATFORM)


def test_a_download_is_bounded(http: Http, url: str) -> None:
    with pytest.raises(Unavailable, match="more than 10 bytes"):
        http.follow(f"{url}/echo", platform=PLATFORM, max_bytes=10)


def test_a_throttle_stops_a_call_before_it_leaves(url: str) -> None:
    class Closed:
        seen: list[int]

        def before(self, request: Request) -> None:
            raise Throttled("later", retry_at=now())

        def after(self, request: Request, answer: Answer) -> None:
            raise AssertionError("nothing was sent")

    client = Http(bases={PLATFORM: (url,)}, throttle=Closed())
    with pytest.raises(Throttled):
        client.send(request(f"{url}/echo"))
    client.close()


def test_a_recording_holds_the_exchange_and_no_secret(url: str, tmp_path: Path) -> None:
    client = Http(bases={PLATFORM: (url,)}, recorder=Recorder(tmp_path / "recordings"))
    client.send(
        request(
            f"{url}/echo",
            json={"name": "Spring", "access_token": "s3cret-one", "nested": [{"client_secret": "s3cret-two"}]},
            headers={"Access-Token": "s3cret-three"},
            params={"advertiser_id": "7", "code": "s3cret-four"},
        )
    )
    with pytest.raises(OutcomeUnknown):
        client.send(request(f"{url}/cut", form={"refresh_token": "s3cret-five"}, is_write=True))
    client.close()
    (file,) = (tmp_path / "recordings").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert "s3cret" not in text
    first, second = (json.loads(line) for line in text.splitlines())
    assert first["request"]["body"]["name"] == "Spring"
    assert (first["answer"]["status"], second["answer"]) == (400, None)
    assert "advertiser_id=7" in first["url"]
    assert second["error"].startswith("OutcomeUnknown")


@pytest.mark.parametrize("value", [1.5, Decimal("NaN"), {"a": [0.1]}])
def test_a_float_is_never_sent(value: object) -> None:
    with pytest.raises(TypeError):
        dumps(value)


def test_numbers_are_written_exactly() -> None:
    written: Callable[[object], str] = dumps
    assert written({"a": Decimal("0.10"), "b": [Decimal("1E+3"), True, None, "ü\n"]}) == (
        '{"a":0.10,"b":[1000,true,null,"ü\\n"]}'
    )
