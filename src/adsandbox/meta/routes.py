"""Which call goes where: nodes and edges of the simulated Graph API."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from adsandbox.accounts import Account
from adsandbox.meta import call as calls
from adsandbox.meta import edges, errors, fields, insights, media, nodes, oauth, objects, people
from adsandbox.meta.call import Call
from adsandbox.meta.errors import GraphError
from adsandbox.meta.graph import NAME, Graph
from adsandbox.store import Entity

#: Edges below campaigns and ad sets.
_BELOW = {("campaign", "adsets"): "adset", ("campaign", "ads"): "ad", ("adset", "ads"): "ad"}


class Routes:
    """Answers calls. `base` is the address under which the API is reached, for `paging.next`."""

    def __init__(self, graph: Graph, *, base: str) -> None:
        self._graph = graph
        self._base = base

    def answer(self, call: Call) -> Any:
        """The JSON of a call's answer; raises GraphError for a refusal."""
        if call.version not in calls.LIVING:
            raise errors.plain(
                "(#2635) You are calling a deprecated version of the Ads API. Please update to the latest"
                f" version: {calls.VERSION}.",
                code=2635,
            )
        if call.path == ("oauth", "access_token"):
            return oauth.access_token(self._graph, call)
        if call.path == ("debug_token",):
            return oauth.debug_token(self._graph, call)
        oauth.authenticate(self._graph, call)
        if not call.path:
            return self._batch(call)
        root, rest = call.path[0], call.path[1:]
        if len(rest) > 1:
            raise errors.unknown_path("/".join(rest))
        if root in ("me", people.USER_ID):
            return self._me(call, rest)
        if root == "search" and not rest:
            return people.search(call)
        oauth.allowed(self._graph, call)
        self._not_lost(root)
        if root.startswith("act_"):
            return self._account(call, self._graph.account(root), rest)
        return self._node(call, root, rest)

    def _not_lost(self, root: str) -> None:
        entity = self._graph.world.store.find(NAME, root)
        account = self._graph.world.account(NAME, entity.account_id if entity else root)
        if account is not None and account.lost:
            raise errors.not_granted()

    def _address(self, call: Call) -> str:
        return f"{self._base}/{call.version}/{'/'.join(call.path)}"

    # the person

    def _me(self, call: Call, rest: tuple[str, ...]) -> Any:
        if call.method == "DELETE" and rest == ("permissions",):
            return oauth.revoke(self._graph, call)
        if call.method != "GET":
            raise errors.missing(call.method, "me")
        if not rest:
            return people.user(call)
        if rest[0] == "permissions":
            return oauth.permissions(self._graph, call)
        if rest[0] == "adaccounts":
            return people.account_list(self._graph, call, base=self._address(call))
        if rest[0] == "accounts":
            return people.pages(self._graph, call, base=self._address(call))
        raise errors.unknown_path(rest[0])

    # the ad account

    def _account(self, call: Call, account: Account, rest: tuple[str, ...]) -> Any:
        if not rest:
            if call.method != "GET":
                raise errors.missing(call.method, account.id)
            return people.account_node(self._graph, account, call)
        edge = rest[0]
        if call.method == "POST":
            return self._make(call, account, edge)
        if call.method == "DELETE" and edge == "adimages":
            return media.delete_image(self._graph, account, call)
        if call.method == "GET":
            return self._list(call, account, edge)
        raise errors.missing(call.method, f"{account.id}/{edge}")

    def _make(self, call: Call, account: Account, edge: str) -> Any:
        if edge in objects.EDGES:
            return objects.create(self._graph, account, objects.EDGES[edge], call)
        if edge == "adimages":
            return media.add_image(self._graph, account, call)
        if edge == "advideos":
            return media.add_video(self._graph, account, call)
        if edge == "insights":
            return insights.start(self._graph, account, call)
        raise errors.unknown_path(edge)

    def _list(self, call: Call, account: Account, edge: str) -> Any:
        base = self._address(call)
        if edge in objects.EDGES:
            type_ = objects.EDGES[edge]
            found = self._owned(account, type_)
            return objects.listed(self._graph, found, type_, call=call, base=base)
        if edge in ("adimages", "advideos"):
            return self._media(call, account, edge)
        if edge == "insights":
            return insights.sync(self._graph, account, call, base=base)
        if edge == "minimum_budgets":
            return people.minimum_budgets(self._graph, call)
        if edge in people.LISTS:
            return people.listed(self._graph, people.LISTS[edge], call, base=base)
        raise errors.unknown_path(edge)

    def _owned(self, account: Account, type_: str) -> list[Entity]:
        return list(
            self._graph.world.store.all(NAME, type_=type_, deleted=True, where=lambda one: one.account_id == account.id)
        )

    def _media(self, call: Call, account: Account, edge: str) -> Any:
        type_ = {"adimages": "adimage", "advideos": "advideo"}[edge]
        edges.only(call, edges.PARAMS | {"hashes", "name", "title"})
        found = [one for one in self._owned(account, type_) if one.deleted_at is None]
        found = [one for one in found if self._graph.world.lag.lists(one)]
        if "hashes" in call.params:
            wanted = calls.fitted({"hashes": call.params["hashes"]}, {"hashes": calls.texts()})["hashes"]
            found = [one for one in found if one.fields["hash"] in wanted]
        asked = fields.parse(call.params.get("fields"))
        nodes.check(type_, asked)

        def show(one: Entity) -> dict[str, Any]:
            return nodes.render(self._graph, one, asked)

        return edges.page(call, self._graph.now, found, base=self._address(call), show=show, size=25)

    # nodes

    def _node(self, call: Call, id_: str, rest: tuple[str, ...]) -> Any:
        run = insights.run_of(self._graph, id_)
        if run is not None and call.method == "GET":
            if rest == ("insights",):
                return insights.run_rows(self._graph, run, call, base=self._address(call))
            return insights.run_node(self._graph, run, call)
        entity = self._graph.world.store.find(NAME, id_)
        if entity is None:
            raise errors.missing(call.method, id_)
        if entity.type in ("page", "instagram", "adspixel"):
            return self._standing(call, entity, rest)
        if rest:
            return self._edge(call, entity, rest[0])
        if call.method == "GET":
            edges.only(call, {"fields"})
            return nodes.render(self._graph, entity, fields.parse(call.params.get("fields")))
        if entity.type in objects.EDGES.values():
            return self._write(call, entity)
        if call.method == "DELETE" and entity.type == "advideo" and entity.deleted_at is None:
            edges.only(call, ())
            self._graph.world.store.delete(entity, status="DELETED")
            return {"success": True}
        raise errors.missing(call.method, id_)

    def _write(self, call: Call, entity: Entity) -> Any:
        if call.method == "DELETE":
            edges.only(call, ())
            return objects.delete(self._graph, entity)
        return objects.update(self._graph, entity, call)

    def _edge(self, call: Call, entity: Entity, edge: str) -> Any:
        base = self._address(call)
        if edge == "insights" and entity.type in ("campaign", "adset", "ad"):
            if call.method == "POST":
                return insights.start(self._graph, entity, call)
            return insights.sync(self._graph, entity, call, base=base)
        if call.method != "GET":
            raise errors.missing(call.method, entity.id)
        if (entity.type, edge) in _BELOW:
            type_ = _BELOW[entity.type, edge]
            found = nodes.descendants(self._graph, entity, type_, deleted=True)
            return objects.listed(self._graph, found, type_, call=call, base=base)
        if (entity.type, edge) == ("ad", "adcreatives"):
            creative = self._graph.get("adcreative", entity.fields["creative_id"])
            return objects.listed(self._graph, [creative] if creative else [], "adcreative", call=call, base=base)
        if (entity.type, edge) == ("advideo", "thumbnails"):
            return media.thumbnails(self._graph, entity)
        raise errors.unknown_path(edge)

    def _standing(self, call: Call, entity: Entity, rest: tuple[str, ...]) -> Any:
        if call.method != "GET":
            raise errors.missing(call.method, entity.id)
        if entity.type == "page" and rest == ("instagram_accounts",):
            return people.listed(self._graph, "instagram", call, base=self._address(call))
        if rest:
            raise errors.unknown_path(rest[0])
        edges.only(call, {"fields"})
        return people.pick(people.stored(entity), call, type_=entity.type, default=("name",))

    # batch

    def _batch(self, call: Call) -> list[Any]:
        """`POST /?batch=[…]`: up to 50 calls, each with an answer of its own; not a transaction."""
        wanted = calls.fitted({"batch": call.params.get("batch")}, {"batch": calls.batch()})["batch"]
        made: dict[str, Any] = {}
        answers = []
        for one in wanted:
            answers.append(self._sub(call, one, made))
            made[one.get("name", "")] = answers[-1]
        return answers

    @staticmethod
    def _inner(outer: Call, one: dict[str, Any], made: dict[str, Any]) -> Call:
        parts = urlsplit(_resolved(one["relative_url"], made))
        version, path = calls.split(parts.path)
        params = dict(parse_qsl(parts.query)) | dict(parse_qsl(_resolved(one.get("body", ""), made)))
        inner = calls.make(one["method"], path, params, version=version)
        inner.common = outer.common | inner.common
        return inner

    def _sub(self, outer: Call, one: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        try:
            inner = self._inner(outer, one, made)
            with self._graph.world.store.savepoint():
                body, status = self.answer(inner), 200
        except GraphError as refusal:
            body, status = {"error": refusal.error | {"fbtrace_id": "A" + outer.version}}, refusal.status
        return {"code": status, "headers": [], "body": json.dumps(body)}


def _resolved(text: str, made: dict[str, Any]) -> str:
    """A call's text with `{result=name:$.id}` replaced by the id that an earlier call of the batch made."""

    def found(match: re.Match[str]) -> str:
        answer = made.get(match.group(1))
        if answer is None or answer["code"] != 200:
            raise errors.plain(f"(#100) No result of the dependency {match.group(1)!r}")
        return str(json.loads(answer["body"]).get(match.group(2), ""))

    return re.sub(r"\{result=([A-Za-z0-9_-]+):\$\.([a-z_]+)\}", found, text)
