"""What endpoints ask for: who acts, a request that may be repeated, and which part of a list."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from adloom.core.actor import Actor
from adloom.edge import asking, problems, reading, repeats
from adloom.edge.repeats import Write
from adloom.identity.types import Signed

#: Declares the scheme in the OpenAPI document; `asking` reads the header itself.
_Bearer = Annotated[
    HTTPAuthorizationCredentials | None,
    Depends(HTTPBearer(auto_error=False, description="The access token of POST /v1/auth/login.")),
]


#: Declare the headers in the OpenAPI document, likewise.
_Tenant = Annotated[str | None, Header(alias=asking.TENANT_HEADER, description="Another owner's id.")]
_Client = Annotated[str | None, Header(alias=asking.CLIENT_HEADER, description="Only this client.")]


async def _acting(request: Request, _bearer: _Bearer, tenant: _Tenant = None, client: _Client = None) -> Actor:
    return await asking.actor_soon(request)


async def _signed(request: Request, _bearer: _Bearer) -> Signed:
    return await asking.signed_soon(request)


async def _reading(
    request: Request, _bearer: _Bearer, tenant: _Tenant = None, client: _Client = None
) -> reading.Reading:
    return reading.Reading(request)


#: For lists alone: who acts is asked with the list itself.
Reading = Annotated[reading.Reading, Depends(_reading)]
Acting = Annotated[Actor, Depends(_acting)]
SignedIn = Annotated[Signed, Depends(_signed)]


async def _writing(  # asynchronous, because the body is read here; it waits for nothing else
    request: Request,
    acting: Annotated[Actor, Depends(_acting)],
    key: Annotated[
        str | None,
        Header(alias=repeats.KEY_HEADER, description="A repeated request with the same key gets the first answer."),
    ] = None,
) -> Write:
    acting.may_write()  # actions check it too; here no endpoint can forget it
    return repeats.write(request, acting=acting, body=await request.body())


Writing = Annotated[Write, Depends(_writing)]
Address = Annotated[str | None, Depends(asking.address)]
Agent = Annotated[str | None, Depends(asking.agent)]
RequestId = Annotated[str, Depends(problems.request_id)]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
After = Annotated[str | None, Query(max_length=500, description="`next` of the page before.")]
