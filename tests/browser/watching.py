"""A browser's window that notes whatever goes wrong in it: errors, foreign requests, and what the page may not do."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Page, Request, Response, expect
from tests.doors.visitors import PASSWORD

_WIDER_THAN_THE_WINDOW = """() => {
  const root = document.documentElement;
  return root.scrollWidth > root.clientWidth;
}"""
_VIOLATIONS = "document.addEventListener('securitypolicyviolation', e => console.error('CSP: ' + e.blockedURI))"


@dataclass
class Window:
    """A page, and what was wrong with it so far."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    #: Where a test leads the window on purpose, beside the server.
    elsewhere: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.page.add_init_script(_VIOLATIONS)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def sign_in(self, email: str = "owner@example.com") -> None:
        """Signs in with the keyboard alone, as the first thing that a person does."""
        self.page.goto("/login")
        expect(self.page.get_by_label("E-mail")).to_be_focused()
        self.page.keyboard.type(email)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.address}/")

    def is_wider_than_it_shows(self) -> bool:
        """Whether a person would have to scroll sideways."""
        return bool(self.page.evaluate(_WIDER_THAN_THE_WINDOW))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:", "blob:", *self.elsewhere)):
            self.complaints.append(f"foreign request: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")
