"""A real browser without a window, spoken to over a pipe: what people see and click, they get.

Only what the tests of pages need: a viewport, scripts on or off, forms, questions about the page.
"""

import base64
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

PROGRAM: Final = shutil.which("chromium") or shutil.which("chromium-browser")
PHONE: Final = (360, 740)
DESKTOP: Final = (1280, 900)
_PATIENCE: Final = 20.0
_FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


@dataclass
class Tab:
    """One page of a browser."""

    into: int
    out: int
    _last: int = 0
    _session: str = ""
    _left: bytes = b""
    _loaded: list[str] = field(default_factory=list)

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Have something done, and return what came of it."""
        self._last += 1
        said: dict[str, object] = {"id": self._last, "method": method, "params": params}
        if self._session:
            said["sessionId"] = self._session
        os.write(self.into, json.dumps(said).encode() + b"\0")
        return self._until(lambda heard: heard.get("id") == self._last)["result"]  # type: ignore[no-any-return]

    def start(self) -> None:
        """Open a page."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        opened = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = opened["sessionId"]
        self.call("Page.enable")

    def size(self, size: tuple[int, int], *, dark: bool = False) -> None:
        """Be as wide and high as that, on a phone or a desk."""
        width, height = size
        phone = size == PHONE
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=phone,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def scripts(self, *, on: bool) -> None:
        """Let pages run scripts, or not."""
        self.call("Emulation.setScriptExecutionDisabled", value=not on)

    def go(self, url: str) -> None:
        """Open an address and wait until the page is there."""
        self.call("Page.navigate", url=url)
        self._until(lambda heard: heard.get("method") == "Page.loadEventFired")

    def ask(self, expression: str) -> Any:
        """Return what an expression of JavaScript says about the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return found["result"].get("value")

    def fill(self, selector: str, text: str) -> None:
        """Type into a field."""
        self.ask(f"document.querySelector({json.dumps(selector)}).focus()")
        self.call("Input.insertText", text=text)

    def send(self, selector: str) -> None:
        """Press a button that sends a form, and wait for the page that comes of it."""
        self.ask(f"document.querySelector({json.dumps(selector)}).click()")
        self._until(lambda heard: heard.get("method") == "Page.loadEventFired")

    def wait(self, expression: str) -> None:
        """Wait until the page says so."""
        until = time.monotonic() + _PATIENCE
        while not self.ask(expression):
            assert time.monotonic() < until, f"it never came: {expression}"
            time.sleep(0.05)

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Keep what is seen."""
        data = self.call("Page.captureScreenshot", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))

    def _until(self, found: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            for heard in self._heard():
                assert "error" not in heard, heard["error"]
                if found(heard):
                    return heard
        raise AssertionError("the browser does not answer")

    def _heard(self) -> Iterator[dict[str, Any]]:
        while b"\0" not in self._left:
            self._left += os.read(self.out, 65536)
        line, self._left = self._left.split(b"\0", 1)
        yield json.loads(line)


@contextlib.contextmanager
def browser() -> Iterator[Tab]:
    """Start a browser, and give its one page."""
    assert PROGRAM is not None
    to_it, into = os.pipe()
    out, from_it = os.pipe()

    def ends() -> None:
        os.dup2(to_it, 3)
        os.dup2(from_it, 4)

    with tempfile.TemporaryDirectory(prefix="irkit-browser-", ignore_cleanup_errors=True) as home:
        process = subprocess.Popen(
            [PROGRAM, *_FLAGS, f"--user-data-dir={home}", "about:blank"],
            preexec_fn=ends,  # noqa: PLW1509  # the browser wants its pipe at 3 and 4
            pass_fds=(3, 4),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            os.close(to_it)
            os.close(from_it)
            tab = Tab(into, out)
            tab.start()
            yield tab
        finally:
            process.terminate()
            process.wait()
            os.close(into)
            os.close(out)
