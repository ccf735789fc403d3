"""A table at which a drill is played in browsers: its records, its pages, and who looks at them.

The trail is kept in memory and no world runs, so that a test takes as long as its requests.
"""

import contextlib
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Final

from simulated import scenario

from irkit.actions.load import catalogue
from irkit.canonical import JsonObject
from irkit.drill.exercise.simulate import opened
from irkit.drill.exercise.steering import Steering
from irkit.drill.pages.address import Address, listening
from irkit.drill.pages.application import Pages
from irkit.drill.pages.board import Board
from irkit.drill.pages.doors import PROJECTOR, Doors
from irkit.drill.pages.guesses import Guesses
from irkit.drill.pages.server import served
from irkit.drill.pages.shown import Shown
from irkit.drill.record.kinds import Kind
from irkit.drill.record.log import DrillLog
from irkit.drill.record.state import Drill
from irkit.drill.scenario.model import Style
from irkit.engine.memory import MemoryJournal
from irkit.engine.session import Session
from irkit.trail.record import Actor
from irkit.workspace.decode import load
from irkit.workspace.init import init

NAME: Final = "teal-otter"
DANA: Final = Actor(id="dana@acme.example", kind="person", auth="local")
START: Final = datetime(2026, 3, 21, 2, 5, tzinfo=UTC)
TOKEN: Final = re.compile(r'name="form" value="([^"]+)"')


@dataclass(frozen=True)
class Page:
    """What came back: a status, its headers and its text."""

    status: int
    headers: Message
    text: str
    url: str


@dataclass
class Visitor:
    """Somebody with a browser of their own."""

    url: str
    jar: CookieJar = field(default_factory=CookieJar)

    def get(self, path: str, **headers: str) -> Page:
        """Open a page."""
        return self._answer(urllib.request.Request(self.url + path, headers=_named(headers)))

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> Page:
        """Send a form."""
        data = urllib.parse.urlencode(fields).encode()
        return self._answer(urllib.request.Request(self.url + path, data, _named(headers)))

    def act(self, role: str, deed: str, **fields: str) -> Page:
        """Fill in a form of a role's page and send it."""
        found = TOKEN.search(self.get(f"/role/{role}").text)
        assert found is not None, "the page has no form"
        return self.post(f"/role/{role}/{deed}", {"form": found[1], **fields})

    def _answer(self, request: urllib.request.Request) -> Page:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        try:
            with opener.open(request, timeout=20) as answer:
                return Page(answer.status, answer.headers, answer.read().decode(), answer.url)
        except urllib.error.HTTPError as error:
            with error:
                return Page(error.code, error.headers, error.read().decode(), error.url)


@dataclass
class Table:
    """A drill that is on, with its pages."""

    root: Path
    style: Style = Style.TABLETOP
    now: datetime = START
    tried_at: float = 0.0
    journal: MemoryJournal = field(init=False)
    log: DrillLog = field(init=False)
    shown: Shown = field(init=False)

    def __post_init__(self) -> None:
        """Open the drill and let its time run; Dana leads it."""
        self.journal = MemoryJournal(clock=lambda: self.now)
        self.log = DrillLog(drill=NAME, journal=self.journal, seconds=self._seconds)
        about = opened(scenario(), self.style, seed=7, speed=1, solo=False)
        self.log.write(Kind.OPENED, actor=DANA, also=about)
        self.log.write(Kind.JOINED, actor=DANA, role="facilitator")
        self.log.write(Kind.CLOCK, speed=1, why="started")
        workspace = self.root / "acme"
        if not workspace.exists():
            init(workspace, org="acme")
        session = Session(
            workspace=load(workspace),
            catalogue=catalogue(),
            environment={},
            actor_name=DANA.id,
            clock=lambda: self.now,
        )
        self.shown = Shown(
            board=Board(journal=self.journal, name=NAME, session=session),  # type: ignore[arg-type]
            doors=Doors(drill=NAME, secret=b"k" * 32),
            at=Address(host="127.0.0.1", port=0),
        )

    @property
    def drill(self) -> Drill:
        """Return the drill as its records tell it."""
        return self.shown.board.drill()

    @property
    def dana(self) -> Steering:
        """Return the facilitator at the terminal."""
        return Steering(self.journal, DANA, lambda: self.now)  # type: ignore[arg-type]

    def tell(self, inject: str) -> None:
        """Let the exercise give a message."""
        from irkit.drill.exercise.injects import given  # noqa: PLC0415

        found = next(item for item in scenario().injects if item.id == inject)
        self.log.write(Kind.INJECT, also=given(found, "at its time"))

    def record(self, kind: Kind, body: JsonObject) -> None:
        """Let the exercise record something."""
        self.log.write(kind, also=body)

    def code(self, role: str) -> str:
        """Return the code of a role, or of the projector."""
        return self.shown.doors.code(role)

    @contextlib.contextmanager
    def open(self) -> Iterator[str]:
        """Serve the pages, and give their address."""
        guesses = Guesses(lambda: self.tried_at)
        with listening(Address(host="127.0.0.1", port=0)) as door:
            with served(Pages(shown=self.shown, guesses=guesses), door):
                yield door.at.url

    def join(self, url: str, role: str, name: str = "") -> Visitor:
        """Come in with a role's code."""
        visitor = Visitor(url)
        page = visitor.post("/", {"code": self.code(role), "name": name or f"{role}-person"})
        assert page.status == 200, page.text
        assert page.url.endswith("/projector" if role == PROJECTOR else f"/role/{role}")
        return visitor

    def later(self, seconds: int) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def _seconds(self) -> int:
        known = self.shown.board.drill() if hasattr(self, "shown") else None
        return known.t_of(self.now) if known else 0


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
