"""Pages that the server itself writes, without script: signing in; and the built front end."""

import re
from html import escape
from importlib import resources
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from filon.conversation.errors import CallerError, NotFound, Problem
from filon.server.given import House, anyone
from filon.server.security import COOKIE

router = APIRouter(include_in_schema=False, dependencies=[Depends(anyone)])

_FILE = re.compile(r"(assets/)?[A-Za-z0-9_-][A-Za-z0-9_.-]{0,150}")
_LASTS = 30 * 24 * 3600
_FORM_LIMIT = 4096

_WORDS = {
    "en": {
        "title": "Sign in to Filon",
        "how": "Open the link that <code>filon serve</code> printed in its terminal. "
        "It works once; start Filon again for a new one.",
        "password": "Password",
        "enter": "Sign in",
        "wrong_password": "The password is wrong.",
    },
    "es": {
        "title": "Entrar en Filon",
        "how": "Abre el enlace que <code>filon serve</code> mostró en su terminal. "
        "Sirve una sola vez; reinicia Filon para obtener otro.",
        "password": "Contraseña",
        "enter": "Entrar",
        "link_not_valid": "Este enlace de entrada ya se ha usado o es demasiado antiguo.",
        "wrong_password": "La contraseña no es correcta.",
        "too_many_tries": "Demasiados intentos fallidos. Espera unos minutos.",
    },
}

_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark;
  --page: light-dark(oklch(0.984 0.004 84), oklch(0.212 0.007 62));
  --raised: light-dark(oklch(0.998 0.002 84), oklch(0.240 0.007 64));
  --line: light-dark(oklch(0.895 0.008 80), oklch(0.302 0.008 66));
  --strong: light-dark(oklch(0.610 0.012 76), oklch(0.545 0.010 68));
  --well: light-dark(oklch(0.938 0.007 84), oklch(0.168 0.006 62));
  --ink: light-dark(oklch(0.225 0.012 60), oklch(0.930 0.006 84));
  --ink-2: light-dark(oklch(0.390 0.014 62), oklch(0.790 0.009 80));
  --error: light-dark(oklch(0.520 0.185 22), oklch(0.735 0.150 20));
  --vein: light-dark(oklch(0.512 0.105 76), oklch(0.810 0.130 84));
  --ore: light-dark(oklch(0.800 0.140 84), oklch(0.810 0.130 84)); }}
body {{ margin: 0; min-height: 100dvh; display: grid; place-items: center; background: var(--page);
  color: var(--ink); font: 15px/1.6 -apple-system, "Segoe UI", "Adwaita Sans", Inter, Roboto,
  Cantarell, Ubuntu, "Noto Sans", "Liberation Sans", sans-serif; }}
main {{ box-sizing: border-box; width: min(30rem, calc(100vw - 3rem)); padding: 28px;
  background: var(--raised); border: 1px solid var(--line); border-radius: 10px; }}
svg {{ margin-bottom: 12px; }}
h1 {{ font-size: 18px; font-weight: 620; line-height: 1.25; margin: 0 0 12px; }}
p {{ margin: 0 0 12px; color: var(--ink-2); }}
code {{ font: 12.5px ui-monospace, Menlo, "DejaVu Sans Mono", monospace; background: var(--well);
  padding: 1px 4px; border-radius: 3px; }}
.problem {{ border-left: 3px solid var(--error); padding-left: 12px; color: var(--ink); }}
label {{ display: block; font-size: 13px; margin: 16px 0 4px; }}
input {{ box-sizing: border-box; width: 100%; height: 40px; font: inherit; padding: 0 10px;
  color: inherit; background: var(--page); border: 1px solid var(--strong); border-radius: 6px; }}
button {{ margin-top: 12px; height: 40px; padding: 0 16px; font: inherit; font-weight: 560;
  color: oklch(0.22 0.035 70); background: var(--ore); border: 0; border-radius: 6px; }}
:focus-visible {{ outline: 2px solid var(--vein); outline-offset: 2px; }}
</style></head><body><main><svg width="32" height="32" viewBox="0 0 28 28" aria-hidden="true"><path
 fill="currentColor" d="M8 2h13l5 7-2 14-9 3L4 23 2 10z"/><path fill="none" stroke="#d9ab2e"
 stroke-width="2.2" stroke-linejoin="round" d="M5.5 24 11 16.5l3 1.2 3.5-7.2 3 .8L24 5.5"/></svg>
<h1>{title}</h1>{problem}<p>{how}</p>{form}</main></body></html>"""

_FORM = """<form method="post" action="/sign-in"><label for="password">{password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>{enter}</button></form>"""


@router.get("/sign-in")
async def sign_in(request: Request, house: House, token: str | None = None) -> Response:
    """Redeems a one-time link, or says how to get in."""
    if token is None:
        return await _page(request, house, None)
    try:
        value = await house.sessions.redeem(token)
    except CallerError as error:
        return await _page(request, house, error.problem)
    return _entered(request, value)


@router.post("/sign-in")
async def sign_in_by_password(request: Request, house: House) -> Response:
    """Opens a session by password, where one is set."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _FORM_LIMIT:
            break
    given = parse_qs(body[:_FORM_LIMIT].decode("utf-8", "replace")).get("password", [""])[0]
    address = request.client.host if request.client else "?"
    try:
        person = await house.passwords.check("you", given, address)
    except CallerError as error:
        return await _page(request, house, error.problem)
    return _entered(request, await house.sessions.begin(person.id))


def _entered(request: Request, value: str) -> Response:
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(
        COOKIE,
        value,
        max_age=_LASTS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    response.headers["cache-control"] = "no-store"
    return response


async def _page(request: Request, house: House, problem: Problem | None) -> Response:
    asked = request.headers.get("accept-language", "").lower()
    lang = "es" if asked.startswith("es") else "en"
    words = _WORDS[lang]
    person = await house.store.people.named("you")
    has_password = person is not None and person.password_hash is not None
    told = (
        f'<p class="problem">{escape(words.get(problem.code, problem.message))}</p>'
        if problem
        else ""
    )
    page = _PAGE.format(
        lang=lang,
        title=words["title"],
        how=words["how"],
        problem=told,
        form=_FORM.format(**words) if has_password else "",
    )
    headers = {
        "cache-control": "no-store",
        # Under no-referrer a browser sends `Origin: null` with the form, which we refuse.
        "referrer-policy": "same-origin",
    }
    return HTMLResponse(page, status_code=problem.status if problem else 200, headers=headers)


def static_folder() -> Path:
    """Where the built front end lies."""
    return Path(str(resources.files("filon.server") / "static")).resolve()


@router.get("/{path:path}")
async def front_end(path: str, folder: Annotated[Path, Depends(static_folder)]) -> Response:
    """A file of the front end, or its page for every route of its own."""
    if path.split("/")[0] in ("api", "v1"):
        raise NotFound(f"There is no route /{path}.", fix="docs/api.md lists what there is.")
    # Only names that the build can make reach the disk.
    file = folder / path if _FILE.fullmatch(path) else folder
    if file.is_file():
        # The build puts a hash into the names under assets/, so that they never change.
        lasting = "public, max-age=31536000, immutable"
        cache = lasting if path.startswith("assets/") else "no-cache"
        return FileResponse(file, headers={"cache-control": cache})
    if "." in path.rpartition("/")[2]:
        raise NotFound(f"There is no file /{path}.")
    index = folder / "index.html"
    if not index.is_file():
        raise NotFound(
            "The front end is not built.", fix="Run `make build`, or install Filon by pip."
        )
    return FileResponse(index, headers={"cache-control": "no-store"})
