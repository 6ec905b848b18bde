"""What can be told of a page without eyes, and a picture for those who have some."""

from pathlib import Path

from playwright.sync_api import Page

from tests.browser.conftest import shoot

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# Until everything that was asked for is here and has changed nothing more for a moment. What
# changes without end is taken as it is.
_AT_REST = """() => new Promise((rest) => {
  const ends = performance.now() + 10_000;
  let changed = performance.now();
  const watch = new MutationObserver(() => { changed = performance.now(); });
  watch.observe(document, { subtree: true, childList: true, attributes: true });
  const look = setInterval(() => {
    const now = performance.now();
    if (now < ends && (window.underWay > 0 || now - changed < 80)) return;
    clearInterval(look);
    watch.disconnect();
    document.fonts.ready.then(() => rest());
  }, 20);
})"""
_RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']"
_FAULTS = (
    f"axe.run(document, {{runOnly: {_RULES}}})"
    ".then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html.slice(0, 160)))"
)


def judge_in_both_lights(page: Page, name: str, look: str, locale: str) -> list[str]:
    """By night and by day: it is the same page, which follows the system. `look` is said with the
    light in it, as in `phone-{}-en`. Another language is judged in both, and drawn in one."""
    drawn = ("dark", "light") if locale == "en-US" else ("dark",) if "wide" in look else ("light",)
    faults: list[str] = []
    for light in ("dark", "light"):
        page.emulate_media(color_scheme=light)
        called = f"{name}-{look.format(light)}"
        faults += judge(page, called, locale, drawn=light in drawn)
    return faults


def judge(page: Page, name: str, locale: str, *, drawn: bool = True) -> list[str]:
    """What is wrong with the page, of which it takes a picture of this name if it is to be `drawn`:
    nothing may be wider than it, and axe must be content."""
    page.evaluate(_AT_REST)
    if drawn:
        shoot(page, name)
    assert page.evaluate("document.documentElement.lang") == locale[:2]
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    faults = [f"{name} is {wider} px too wide"] if wider > 0 else []
    if locale != "en-US":
        # What axe judges, structure and contrast, does not change with the language.
        return faults
    if page.evaluate("window.axe === undefined"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return faults + [f"{name}: {each}" for each in page.evaluate(_FAULTS)]
