"""A refused parameter is dropped for good from the page: the change is shown, made, and counts."""

from pathlib import Path

from tests.journeys.recorder import Recorder
from tests.journeys.replies import refusal, spoken
from tests.journeys.site import running, settings_of

CONFIG = """\
version: 1.2.1
endpoints:
  custom:
    # ours
    - name: Rec
      apiKey: "sk-canary-0123456789"
      baseURL: %s
      models: {default: [m-1]}
"""
ASK = {"model": "Rec/m-1", "messages": [{"role": "user", "content": "x"}], "seed": 7}


async def test_it_is_shown_then_written_then_counts(tmp_path: Path, template: Path) -> None:
    async with Recorder().listening() as recorder:
        settings = settings_of(tmp_path / "home", CONFIG % recorder.url, {})
        async with running(settings, template) as site:
            recorder.answers(refusal(400, "Unrecognized request argument supplied: seed"))
            refused = await site.program(ASK)
            records = (await site.trace(refused.headers["x-filon-trace"]))["records"]
            attempt = next(one for one in records if one["type"] == "attempt")
            fixes = {fix["type"]: fix for fix in attempt["findings"][0]["fixes"]}
            assert fixes["retry_without"]["parameter"] == "seed"
            drop = {"endpoint": "Rec", "parameter": fixes["add_drop"]["parameter"]}

            shown = (await site.browse("POST", "/api/config/drop", drop)).json
            assert shown["written"] is False
            assert '+      dropParams: ["seed"]' in shown["diff"].splitlines()
            assert "canary" not in shown["diff"]
            path = settings.config.path if settings.config else Path()
            assert "dropParams" not in path.read_text()

            late = await site.browse(
                "POST", "/api/config/drop", {**drop, "seen": "0", "write": True}
            )
            assert late.status == 409

            body = {**drop, "seen": shown["seen"], "write": True}
            written = (await site.browse("POST", "/api/config/drop", body)).json
            assert written["written"] is True
            assert "# ours" in path.read_text()

            recorder.answers(spoken("Yes"))
            well = await site.program(ASK)
            assert well.status == 200
            assert b"seed" not in recorder.requests[-1].body

            again = (await site.browse("POST", "/api/config/drop", body | {"seen": None})).json
            assert (again["diff"], again["written"]) == ("", False)
            practice = {"endpoint": "practice", "parameter": "seed"}
            assert (await site.browse("POST", "/api/config/drop", practice)).status == 409
            unknown = {"endpoint": "nobody", "parameter": "seed"}
            assert (await site.browse("POST", "/api/config/drop", unknown)).status == 404
