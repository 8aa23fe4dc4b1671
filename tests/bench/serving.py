"""A process that serves the product's application, and beside each passed list the same one through pydantic.

`/bench/pydantic` is what the endpoint was before PostgreSQL built its JSON: the same rows as values, then as models.
"""

from __future__ import annotations

import sys
import time

import uvicorn
from fastapi import APIRouter
from starlette.responses import Response

from adloom import server
from adloom.api import campaigns as shown
from adloom.api.campaigns import Campaign
from adloom.api.depends import Acting, Limit
from adloom.api.shapes import ListOf
from adloom.campaigns import queries
from adloom.core import logging, memory, settings
from adloom.db import engine, urls

PATH = "/bench/pydantic"
SPENT = "/bench/spent"

router = APIRouter(tags=["bench"])


@router.get(PATH)
def through_pydantic(acting: Acting, limit: Limit = 50) -> ListOf[Campaign]:
    """The list of campaigns, each row validated twice and written out here."""
    page = queries.page(acting, limit=limit)
    return ListOf(items=[shown.campaign(view) for view in page.items], next=page.next)


@router.get(SPENT)
async def spent() -> Response:
    """The seconds of a core that this process has used."""
    return Response(str(time.process_time()), media_type="text/plain")


def main() -> None:
    logging.configure()  # as the product's server has it; who starts this throws its lines away
    engine.configure(urls.external(settings.load()))
    app = server.create_app()
    app.include_router(router)
    memory.settle()  # so does the product's server
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_config=None, access_log=False)


if __name__ == "__main__":
    main()
