"""Templates into responses: the frame that every page has. Knows no page by name but those of the navigation."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from adloom.core.errors import AdloomError
from adloom.web import static, words

#: Where the navigation leads: the key that a page names itself by, its address, its label.
_PLACES = (
    ("overview", "/", "Overview"),
    ("ads", "/ads", "Ads"),
    ("campaigns", "/campaigns", "Campaigns"),
    ("pacing", "/pacing", "Pacing"),
    ("reconciliation", "/reconciliation", "Reconciliation"),
    ("assets", "/assets", "Assets"),
    ("reports", "/reports", "Reports"),
    ("connections", "/connections", "Connections"),
    ("audit", "/audit", "Audit log"),
)
_NEVER_KEPT = {"Cache-Control": "no-store"}
_TITLES = {
    401: "Sign in first",
    403: "You may not do this",
    404: "There is nothing here",
    409: "Not as things stand",
    422: "Something is not right yet",
    429: "Too many attempts",
    500: "That is a bug of ours",
    503: "Not available just now",
}


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("adloom.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = static.url
    environment.globals["navigation"] = _PLACES
    return environment


def page(request: Request, template: str, *, status: int = 200, nav: str = "", **context: Any) -> HTMLResponse:
    """A whole page, or a fragment of one, for whoever looks (`request.state.visitor`, nobody at the entrance)."""
    text = (
        _templates()
        .get_template(template)
        .render(
            me=getattr(request.state, "visitor", None),
            nav=nav,
            clock=words.shifted_clock(),
            **context,
        )
    )
    return HTMLResponse(text, status_code=status, headers=_NEVER_KEPT)


def see_other(path: str) -> Response:
    """After a form was done: the page that shows what became of it."""
    return Response(status_code=303, headers={"Location": path, **_NEVER_KEPT})


def older(path: str, after: str | None, *, status: str | None = None) -> str | None:
    """The address of a list's next part; None at its end."""
    if after is None:
        return None
    return f"{path}?{urlencode({'after': after, **({'status': str(status)} if status else {})})}"


def problem(request: Request, body: dict[str, Any]) -> Response:
    """A problem (`edge.problems`) as a page in the same look."""
    status = int(body["status"])
    title = _TITLES.get(status, body["title"])
    return page(request, "error.html", status=status, title=title, problem=body)


def complaint(problem: AdloomError) -> dict[str, Any]:
    """A refusal, to be shown above the form that it is about."""
    return {
        "message": problem.message,
        "errors": [{"field": e.field, "rule": e.rule, "fix": e.fix} for e in problem.errors],
    }
