"""GET /v1/models: what is known of each model, for OpenAI's clients and Anthropic's, and what a key
may see of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from anthropic import AsyncAnthropic, NotFoundError

from tests.journeys.conftest import RECORDED
from tests.journeys.site import PROVIDER_KEY, Reply, Site, running, settings_of
from tests.journeys.test_bad_input import check_openai
from tests.journeys.test_gateway_headers import PRICED, key_with

NOWHERE = "http://127.0.0.1:9/v1"


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, template: Path) -> AsyncIterator[Site]:
    home = tmp_path_factory.mktemp("models") / "home"
    config = RECORDED % (NOWHERE, NOWHERE) + PRICED % NOWHERE
    async with running(settings_of(home, config, {"REC_KEY": PROVIDER_KEY}), template) as site:
        yield site


async def get(site: Site, path: str, headers: dict[str, str] | None = None) -> Reply:
    given = {"authorization": f"Bearer {site.key}", **(headers or {})}
    return await site.ask("GET", path, headers=given)


async def test_a_model_tells_what_is_known_of_it(site: Site) -> None:
    listed = {one["id"]: one["filon"] for one in (await get(site, "/v1/models")).json["data"]}
    priced = listed["geld-süß/m-é"]
    assert priced["endpoint"] == "geld-süß"
    assert priced["model"] == "m-é"
    assert (priced["input_usd_per_mtok"], priced["output_usd_per_mtok"]) == (1.0, 2.0)
    assert priced["context"] == 1000
    assert priced["sources"]["price"].startswith("librechat.yaml:")
    assert priced["practice"] is False
    unknown = listed["rec/m-1"]
    assert unknown["input_usd_per_mtok"] is unknown["context"] is unknown["abilities"] is None
    assert unknown["sources"]["price"].startswith("No price list knows")
    practice = listed["practice/pocket-reasoner"]
    assert practice["practice"] is True
    assert (practice["input_usd_per_mtok"], practice["context"]) == (0.0, 32_768)
    assert "reasoning" in practice["abilities"]
    assert listed["preset/tutor"]["target"] == "rec/m-1"
    assert listed["preset/tutor"]["endpoint"] == "rec"
    assert {frozenset(told) for told in listed.values()} == {frozenset(unknown)}


async def test_a_single_model_has_slashes_in_its_name(site: Site) -> None:
    client = site.openai()
    for name in ("practice/pocket", "geld-süß/m-é", "preset/tutor", "practice-groq/pocket"):
        model = await client.models.retrieve(name)
        assert model.id == name
        assert model.model_dump()["filon"]["endpoint"]
    assert (await client.models.retrieve("pocket-code")).id == "practice/pocket-code"
    reply = await get(site, "/v1/models/practice%2Fpocket-embed")
    assert reply.json["filon"]["abilities"] == ["embedding"]
    for name in ("nothing", "rec/", "rec%2Fm-9", "a//b"):
        check_openai(await get(site, f"/v1/models/{name}"), 404)
    check_openai(await get(site, "/v1/models/rec/m-1", {"authorization": "x"}), 401)


async def test_a_key_sees_what_it_may_use(site: Site) -> None:
    key = await key_with(site, models=("rec/*", "preset/tutor"))
    ids = [one["id"] for one in (await get(site, "/v1/models", key)).json["data"]]
    assert ids == ["rec/m-1", "rec/m-2", "preset/tutor"]
    assert (await get(site, "/v1/models/rec/m-1", key)).status == 200
    check_openai(await get(site, "/v1/models/practice/pocket", key), 404)


async def test_the_key_may_come_as_anthropics_clients_send_it(site: Site) -> None:
    head = {"authorization": "", "x-api-key": site.key}
    assert (await get(site, "/v1/models", head)).status == 200
    head["x-api-key"] = "fln_unknown"
    check_openai(await get(site, "/v1/models", head), 401)


async def test_anthropics_client_lists_models_too(site: Site) -> None:
    async with AsyncAnthropic(base_url=site.url, api_key=site.key, max_retries=0) as client:
        page = await client.models.list()
        ids = [model.id for model in page.data]
        assert "rec/m-1" in ids
        assert not page.has_next_page()
        model = await client.models.retrieve("geld-süß/m-é")
        assert (model.id, model.type) == ("geld-süß/m-é", "model")
        assert model.model_dump()["filon"]["context"] == 1000
        with pytest.raises(NotFoundError):
            await client.models.retrieve("nothing")
