"""Serving the pages beside a drill that runs: in a thread, until the drill's process is done."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import uvicorn

from irkit.clock import system_clock
from irkit.drill.exercise.live import Live
from irkit.drill.pages.address import Listening
from irkit.drill.pages.application import Pages
from irkit.drill.pages.board import Board
from irkit.drill.pages.doors import Doors, secret_in
from irkit.drill.pages.guesses import Guesses
from irkit.drill.pages.shown import Shown


@contextmanager
def serving(live: Live, door: Listening) -> Iterator[Shown]:
    """Serve the pages of a drill at an address."""
    name = live.play.log.drill
    session = replace(live.site.session(), clock=system_clock)
    board = Board(journal=live.journal, name=name, session=session)
    doors = Doors(drill=name, secret=secret_in(session.workspace.state))
    shown = Shown(board=board, doors=doors, at=door.at)
    with served(Pages(shown=shown, guesses=Guesses(time.monotonic)), door):
        yield shown


@contextmanager
def served(pages: Pages, door: Listening) -> Iterator[None]:
    """Serve pages in a thread of their own."""
    config = uvicorn.Config(
        pages.application(),
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([door.socket],), name="pages", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
