"""The pages in a real browser: at a phone's width and a desk's, with scripts and without."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from chromium import DESKTOP, PHONE, PROGRAM, Tab, browser
from table import Table

from irkit.drill.pages.doors import PROJECTOR

pytestmark = [
    pytest.mark.skipif(PROGRAM is None, reason="there is no chromium on this machine"),
    pytest.mark.xdist_group("browser"),  # they share a browser
]

TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
UNNAMED = (
    "[...document.querySelectorAll('input:not([type=hidden]), textarea, button, iframe')]"
    ".filter(f => !(f.labels?.length || f.ariaLabel || f.title || f.textContent.trim())).length"
)
HEADINGS = "[...document.querySelectorAll('h1, h2, h3')].map(h => +h.tagName[1])"
FAINT = """
(() => {
  const parts = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = (colour) => parts(colour).slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (parts(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("body *")]
    .filter((node) => [...node.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .filter((node) => node.checkVisibility() && !node.closest("noscript"))
    .map((node) => {
      const shades = [getComputedStyle(node).color, ground(node)].map(light);
      const [a, b] = shades.sort((x, y) => y - x);
      return [node.textContent.trim().slice(0, 40), (a + 0.05) / (b + 0.05)];
    })
    .filter(([, contrast]) => contrast < 4.5);
})()
"""


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    """A browser, which each test gives the size and scripts it wants."""
    with browser() as tab:
        yield tab


@dataclass
class Place:
    """A drill that has been on for a while, where its pages are, and a browser."""

    table: Table
    url: str
    tab: Tab

    def enter(self, role: str) -> None:
        """Come in as people do: by the form."""
        self.tab.go(f"{self.url}/")
        self.tab.fill("#code", self.table.code(role))
        self.tab.fill("#name", f"{role or 'wall'}-person")
        self.tab.send("form button")


@pytest.fixture
def place(tmp_path: Path, tab: Tab) -> Iterator[Place]:
    """A drill in which something of everything has happened."""
    table = Table(tmp_path)
    for inject in ("I1", "I7", "I4"):
        table.tell(inject)
    table.dana.declare("push requests that nobody asked for, " + "x" * 80)
    table.dana.ask("Suspend kai.contractor@acme.example and end what was opened from there")
    table.dana.post("press", "We are looking into it.")
    table.dana.hint()
    tab.call("Network.clearBrowserCookies")
    with table.open() as url:
        yield Place(table, url, tab)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desk"])
def test_every_page_fits_and_can_be_read(place: Place, size: tuple[int, int], dark: bool) -> None:
    """Nothing is too wide, too faint, without a name, or out of the order of headings."""
    tab = place.tab
    tab.scripts(on=True)
    tab.size(size, dark=dark)
    for role in ("commander", "responder", "approver", "comms", "facilitator", PROJECTOR):
        place.enter(role)
        assert "[EXERCISE]" in tab.ask("document.title")
        assert not tab.ask(TOO_WIDE), role
        assert tab.ask(UNNAMED) == 0, role
        assert tab.ask(FAINT) == [], role
        levels = tab.ask(HEADINGS)
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in zip([0, *levels], levels, strict=False))
    tab.go(f"{place.url}/role/comms/glossary")
    assert not tab.ask(TOO_WIDE)


def test_everything_works_without_scripts(place: Place) -> None:
    """Coming in, reading, and a note; a small frame keeps the time, and the typed text stays."""
    tab = place.tab
    tab.scripts(on=False)
    tab.size(PHONE)
    place.enter("responder")
    assert "Can you reset my MFA?" in tab.ask("document.body.innerText")
    assert tab.ask("document.querySelector('iframe.pulse').clientHeight > 40")
    tab.fill("#note", "half a thought")
    place.table.tell("I2")
    tab.ask("document.querySelector('iframe.pulse').contentWindow.location.reload()")
    tab.wait(
        "document.querySelector('iframe.pulse').contentDocument?.body?.innerText"
        ".includes('There is news')"
    )
    assert tab.ask("document.querySelector('#note').value") == "half a thought"
    tab.send("form[action$='/note'] button")
    assert [said.text for said in place.table.drill.notes] == ["half a thought"]
    assert "created an API token" in tab.ask("document.body.innerText")


def test_with_scripts_news_come_by_themselves_and_typed_text_stays(place: Place) -> None:
    """A message appears while somebody types, and the half-chosen decision is left alone."""
    tab = place.tab
    tab.scripts(on=True)
    tab.size(DESKTOP)
    place.enter("commander")
    tab.fill("#note", "half a thought")
    tab.ask("document.querySelector('#D1-2').click()")
    place.table.tell("I3")
    place.table.tell("I5")
    tab.wait("document.body.innerText.includes('AWS budget alert')")
    assert tab.ask("document.querySelector('#note').value") == "half a thought"
    assert tab.ask("document.querySelector('#D1-2').checked")
    assert tab.ask("document.querySelector('#D2-1') === null"), "this part waits for the person"
    assert tab.ask("document.querySelector('#news').textContent").startswith("New: ")


def test_a_page_says_when_nobody_answers_any_more(place: Place, tab: Tab) -> None:
    """An old page that looks like a fresh one would be worse than none."""
    tab.scripts(on=True)
    with place.table.open() as url:
        other = Place(place.table, url, tab)
        other.enter("comms")
        assert not tab.ask("document.querySelector('#lost').checkVisibility()")
    tab.wait("document.querySelector('#lost').checkVisibility()")
