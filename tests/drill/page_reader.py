"""Reading a report's page as a browser would: its tags, attributes, texts, tables and drawings."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

_VOID = {"meta", "link", "br", "hr", "img", "input"}
_DRAWING = re.compile(r'<svg class="timeline.*?</svg>', re.DOTALL)


class Page(HTMLParser):
    """A page that was read. `problems` are tags that do not close in their place."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.source = text
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.problems: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.problems += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a tag."""
        self.handle_startendtag(tag, attrs)
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a tag that closes itself."""
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Close a tag."""
        if not self._open or self._open.pop() != tag:
            self.problems.append(tag)

    def handle_data(self, data: str) -> None:
        """Take in a text that is shown."""
        if self._open and self._open[-1] != "style":
            self.texts.append(data)

    @property
    def shown(self) -> str:
        """Return everything that is shown, in one line."""
        return " ".join("".join(self.texts).split())

    def drawings(self) -> list[ET.Element]:
        """Return the drawings as XML, which they have to be."""
        return [ET.fromstring(found) for found in _DRAWING.findall(self.source)]


def ragged_rows(text: str) -> list[str]:
    """Return the rows of Markdown tables with another number of cells than their table's head."""
    found, columns = [], 0
    for line in text.splitlines():
        if line.startswith("|---"):
            columns = line.count("|")
        elif not line.startswith("|"):
            columns = 0
        elif columns and len(re.findall(r"(?<!\\)\|", line)) != columns:
            found.append(line)
    return found
