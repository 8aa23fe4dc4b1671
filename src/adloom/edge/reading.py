"""Whoever reads a list: who they are is asked with the list itself, in one transaction and one round trip."""

from __future__ import annotations

from starlette.requests import Request

from adloom.core.actor import Actor, Role
from adloom.db import awaited
from adloom.db.listing import Listing
from adloom.edge import asking
from adloom.identity import sessions


class Reading:
    """A request that carries a token of ours. Whether its session still lives is told before anything is answered."""

    def __init__(self, request: Request) -> None:
        """Raises Unauthenticated where the request carries no token, or one that is forged or lapsed."""
        token, audience = asking.carried(request)
        self._request = request
        self._claims = sessions.claimed(token, audience=audience)

    async def page(self, listing: Listing) -> bytes:
        """A page of what the caller may see, as JSON; raises as `asking.actor` does."""
        if asking.names_no_place(self._request):
            own = await self._own_page(listing)
            if own is not None:
                return own
        acting = await asking.actor_soon(self._request)
        *_, rows = await awaited.read(acting, *listing.queries)
        return listing.written(rows)

    async def _own_page(self, listing: Listing) -> bytes | None:
        """The page of the token's person as an owner; None for one who only reads in other tenants.

        The token is ours and names the tenant, so that its page may be read together with its session. Where that has
        ended, what was read is thrown away.
        """
        person = self._claims.person_id
        own = Actor(person, person, address=asking.address(self._request), agent=asking.agent(self._request))
        session, *_, rows = await awaited.read(own, sessions.question(self._claims), *listing.queries)
        signed = self._request.state.signed = await sessions.answered(self._claims, session)
        return None if signed.role is Role.VIEWER else listing.written(rows)
