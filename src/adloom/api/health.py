"""`/healthz`, `/readyz`, `/metrics`: for whoever watches over this process. They name no tenant."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from adloom._version import VERSION
from adloom.edge import telemetry
from adloom.operations import readiness

router = APIRouter(tags=["health"], include_in_schema=False)


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """This process lives. Asks nobody: a database that is away is no reason to restart it."""
    return {"status": "ok", "version": VERSION}


@router.get("/readyz")
def ready() -> Response:
    """This process can serve: 200, or 503 with what is missing."""
    found = readiness.check()
    body = {
        "status": "ready" if found.is_ready else "not ready",
        "database": found.database,
        "pending": list(found.pending),
    }
    return JSONResponse(body, status_code=200 if found.is_ready else 503)


@router.get("/metrics")
def measured() -> Response:
    """Requests and jobs in the text format of Prometheus."""
    return Response(telemetry.exposition(), media_type=telemetry.MEDIA_TYPE)
