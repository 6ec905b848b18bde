"""What belongs to another person is as if it were not there, at every route; and which right opens
which door."""

import sqlite3
from collections.abc import Mapping
from typing import Any

import pytest
from fastapi.routing import APIRoute

from filon.accounts.keys import Keys
from filon.conversation.message import say
from filon.server.app import RAW_ROUTES
from filon.server.browser import create_api
from filon.server.security import COOKIE
from filon.store.conversations import ConversationRow
from filon.store.messages import MessageRow
from filon.store.trace_blob import bare
from filon.store.traces import TraceSummary
from filon.trace.records import NO_HEADERS, Attempt, Body
from tests.architecture.test_routes import routes_of
from tests.journeys.site import ME, OTHER, Site

SECRET = "what-the-other-one-said"

# Each route of the API with what stands in it for the other person's things; None where a route
# takes nobody's id. A route that is not here fails the test.
TRIES: Mapping[tuple[str, str], tuple[str, Any] | None] = {
    ("GET", "/api/me"): None,
    ("GET", "/api/status"): None,
    ("GET", "/api/config"): None,
    # The file is the machine's; whoever is signed in may have it read again.
    ("POST", "/api/config/reload"): None,
    ("POST", "/api/config/drop"): None,
    ("GET", "/api/manifests/{name}"): ("/api/manifests/no-provider", None),
    ("GET", "/api/models"): None,
    ("GET", "/api/endpoints"): None,
    ("GET", "/api/endpoints/standing"): None,
    # Presets stand in the configuration, which is the machine's.
    ("GET", "/api/presets"): None,
    ("GET", "/api/conversations"): None,
    ("GET", "/api/traces"): None,
    ("GET", "/api/keys"): None,
    ("GET", "/api/events"): None,
    # Endpoints and the servers of this machine are nobody's own; neither are what they pull.
    ("POST", "/api/endpoints/{name}/doctor"): None,
    ("GET", "/api/local"): None,
    ("POST", "/api/local/look"): None,
    ("GET", "/api/local/{name}"): ("/api/local/nowhere", None),
    ("DELETE", "/api/local/{name}/models"): None,
    ("GET", "/api/local/{name}/pulls"): ("/api/local/nowhere/pulls", None),
    ("POST", "/api/local/{name}/pulls"): None,
    ("DELETE", "/api/local/{name}/pulls/{pull_id}"): None,
    # Practice is the machine's and nobody's own: it has one ledger (decision 0014).
    ("GET", "/api/practice"): None,
    ("GET", "/api/practice/ledger"): None,
    ("GET", "/api/practice/ledger/{id}"): ("/api/practice/ledger/999999", None),
    ("DELETE", "/api/practice/ledger"): None,
    ("POST", "/api/practice/rules"): None,
    ("DELETE", "/api/practice/rules/{id}"): None,
    ("PUT", "/api/practice/limits/{dialect}"): None,
    ("PUT", "/api/practice/speed"): None,
    ("POST", "/api/keys"): None,
    ("POST", "/api/sign-out"): None,
    ("POST", "/api/endpoints/{name}/fetch-models"): None,
    ("GET", "/api/conversations/{conversation_id}"): ("/api/conversations/c_other", None),
    ("PATCH", "/api/conversations/{conversation_id}"): (
        "/api/conversations/c_other",
        {"title": "mine", "active": "m_asked"},
    ),
    ("DELETE", "/api/conversations/{conversation_id}"): ("/api/conversations/c_other", None),
    ("POST", "/api/chat/send"): (
        "/api/chat/send",
        {
            "model": "rec/m-1",
            "text": "x",
            "conversation_id": "c_other",
            "parent_id": "m_answered",
        },
    ),
    ("POST", "/api/chat/regenerate"): ("/api/chat/regenerate", {"message_id": "m_answered"}),
    ("POST", "/api/chat/stop"): ("/api/chat/stop", {"message_id": "m_answered"}),
    ("DELETE", "/api/traces"): None,
    ("GET", "/api/traces/words"): None,
    ("GET", "/api/traces/groups"): None,
    ("GET", "/api/traces/series"): None,
    ("GET", "/api/traces/keeping"): None,
    ("PUT", "/api/traces/keeping"): None,
    ("GET", "/api/traces/{trace_id}"): ("/api/traces/t_other", None),
    ("DELETE", "/api/traces/{trace_id}"): ("/api/traces/t_other", None),
    ("GET", "/api/traces/{trace_id}/curl"): ("/api/traces/t_other/curl", None),
    ("GET", "/api/traces/{trace_id}/export"): ("/api/traces/t_other/export?as=json", None),
    ("GET", "/api/traces/{trace_id}/replay"): ("/api/traces/t_other/replay", None),
    ("POST", "/api/traces/{trace_id}/replay"): ("/api/traces/t_other/replay", {"as": "asked"}),
    ("POST", "/api/traces/{trace_id}/stop"): ("/api/traces/t_other/stop", {}),
    ("GET", "/api/traces/{trace_id}/lineage"): ("/api/traces/t_other/lineage", None),
    ("GET", "/api/traces/{trace_id}/compare/{other_id}"): (
        "/api/traces/t_other/compare/t_other",
        None,
    ),
    # A pasted text is nobody's yet, and what is sent of it is the sender's.
    ("POST", "/api/requests/read"): None,
    ("POST", "/api/requests"): None,
    ("GET", "/api/keys/{key_id}"): ("/api/keys/{key}", None),
    ("PATCH", "/api/keys/{key_id}"): ("/api/keys/{key}", {"name": "mine", "expires": "30d"}),
    ("DELETE", "/api/keys/{key_id}"): ("/api/keys/{key}", None),
}


def api_routes() -> list[APIRoute]:
    return [route for route in routes_of(create_api(None)) if route.path.startswith("/api")]


def test_every_route_is_tried() -> None:
    found = {(method, route.path) for route in api_routes() for method in route.methods or ()}
    assert found == set(TRIES)


def row(name: str, parent: str | None, role: Any) -> MessageRow:
    return MessageRow(
        id=name,
        conversation_id="c_other",
        parent_id=parent,
        role=role,
        text=SECRET,
        sender="you",
        created_at=1.0,
        updated_at=1.0,
    )


async def give_the_other(site: Site) -> str:
    """A conversation, a trace and a key of person 2; the key's id."""
    store = site.house.store
    chat = ConversationRow(id="c_other", title=SECRET, created_at=1.0, updated_at=1.0)
    rows = (row("m_asked", None, "user"), row("m_answered", "m_asked", "assistant"))
    await store.messages.add(OTHER, rows, chat)
    summary = TraceSummary(
        id="t_other",
        started_at=1.0,
        caller="chat",
        model=f"rec/{SECRET}",
        outcome="complete",
        cost_kind="free",
    )
    attempt = Attempt(
        number=1,
        endpoint="rec",
        model="m-1",
        method="POST",
        url="http://127.0.0.1/",
        address=None,
        request_headers=NO_HEADERS,
        request_body=Body(say("user", SECRET).text.encode()),
        status=200,
    )
    await store.traces.insert_now(OTHER, summary, bare((attempt,)))
    return (await Keys(store).make(OTHER, SECRET)).key.id


def kept_of_the_other(site: Site) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of person 2, straight from the file."""
    connection = sqlite3.connect(site.database)
    tables = [name for (name,) in connection.execute("select name from sqlite_master")]
    kept: dict[str, list[tuple[Any, ...]]] = {}
    for table in tables:
        columns = [row[1] for row in connection.execute(f"pragma table_info({table})")]
        if "owner_id" in columns:
            kept[table] = connection.execute(
                f"select * from {table} where owner_id = {OTHER}"
            ).fetchall()
    connection.close()
    return kept


async def test_another_s_things_are_not_there(site: Site) -> None:
    key = await give_the_other(site)
    before = kept_of_the_other(site)
    assert sum(map(len, before.values())) >= 5
    for (method, path), tried in TRIES.items():
        if tried is None:
            continue
        place, body = tried
        reply = await site.browse(method, place.format(key=key), body)
        assert reply.status == 404, (method, path, reply.text)
        assert reply.error["code"] == "not_found", (method, path)
        assert SECRET not in reply.text
        assert kept_of_the_other(site) == before, (method, path)
    assert site.house.services.running == {}


async def test_another_s_things_are_in_no_list(site: Site) -> None:
    await give_the_other(site)
    for (method, path), tried in TRIES.items():
        if method == "GET" and tried is None and path != "/api/events":
            reply = await site.browse(method, path)
            assert reply.status == 200
            assert SECRET not in reply.text, path
    found = await site.browse("GET", f"/api/traces?q={SECRET}")
    assert found.json == {
        "traces": [],
        "next": None,
        "total": 0,
        "total_is_at_least": False,
    }
    deleted = await site.browse("DELETE", "/api/traces?q=id:t_other")
    assert deleted.json == {"deleted": 0}
    assert (await site.browse("GET", "/api/status")).json["requests_today"] == 0


async def test_a_parent_of_another_conversation_is_not_there(site: Site) -> None:
    await give_the_other(site)
    before = kept_of_the_other(site)
    body = {"model": "fast/echo", "text": "mine", "parameters": {"max_tokens": 1}}
    mine = (await site.browse("POST", "/api/chat/send", body)).json["conversation"]["id"]
    await site.quiet()
    for fields in (
        {"conversation_id": mine, "parent_id": "m_answered"},
        {"conversation_id": "c_other", "parent_id": None},
    ):
        reply = await site.browse("POST", "/api/chat/send", {**body, **fields})
        assert reply.status == 404, fields
    moved = await site.browse("PATCH", f"/api/conversations/{mine}", {"active": "m_answered"})
    assert moved.status == 404
    assert kept_of_the_other(site) == before


async def test_each_sees_only_the_own_events(site: Site) -> None:
    live = site.house.live
    frames = {person: live.frames(person, None) for person in (ME, OTHER)}
    for stream in frames.values():
        await anext(stream)
    live.publish(OTHER, "trace.settled", {"trace": {"model": SECRET}})
    live.publish(ME, "trace.settled", {"trace": {"model": "mine"}})
    assert SECRET not in (await anext(frames[ME])).decode()
    assert SECRET in (await anext(frames[OTHER])).decode()


@pytest.mark.parametrize("right", ["nothing", "key", "wrong cookie", "empty cookie"])
async def test_the_api_opens_to_a_session_alone(site: Site, right: str) -> None:
    headers = {
        "nothing": {},
        "key": {"authorization": f"Bearer {site.key}"},
        "wrong cookie": {"cookie": f"{COOKIE}=guessed"},
        "empty cookie": {"cookie": f"{COOKIE}="},
    }[right]
    for method, path in TRIES:
        reply = await site.ask(method, path, None, headers=headers)
        assert reply.status == 401, (method, path, reply.text)
        assert reply.error["code"] == "not_signed_in"


async def test_the_gateway_opens_to_a_key_alone(site: Site) -> None:
    for route in (one for one in RAW_ROUTES if one.authorisation != "open"):
        for headers in ({}, {"cookie": f"{COOKIE}={site.cookie}"}):
            reply = await site.ask(route.method, route.path, headers=headers)
            assert reply.status == 401, route.path
            assert reply.error["type"] == "authentication_error"
        reply = await site.ask(
            route.method, route.path, headers={"authorization": f"Bearer {site.cookie}"}
        )
        assert reply.status == 401
