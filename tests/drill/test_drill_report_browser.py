"""A drill's report in a real browser: nothing runs over the edge, on a phone or on a desk.

Without Chromium on the machine these are skipped, and say so.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from reported import reported

from irkit import assets
from irkit.drill.report.render import render

pytestmark = pytest.mark.xdist_group("simulated")  # they share what was played once

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_MEASURE = """<script>
const wide = document.documentElement.clientWidth, over = [];
for (const item of document.querySelectorAll("main *")) {
  const box = item.getBoundingClientRect();
  if (box.width && box.right > wide + 1 && !item.closest("svg, thead")) over.push(item.tagName);
}
document.title = ["measured", wide, document.documentElement.scrollWidth, over.length].join(" ");
</script>"""


def measured(page: str, width: int, folder: Path) -> tuple[int, int, int]:
    """Return how wide the window is, how wide the page, and how many things stand out of it."""
    file = folder / "page.html"
    file.write_text(_POLICY.sub("", page).replace("</body>", f"{_MEASURE}</body>"), "utf-8")
    command = [
        CHROMIUM,
        "--headless",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size={width},900",
        "--dump-dom",
        file.as_uri(),
    ]
    if os.geteuid() == 0:  # its sandbox wants another user
        command.insert(1, "--no-sandbox")
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    found = re.search(r"<title>measured (\d+) (\d+) (\d+)</title>", done.stdout)
    assert found is not None, done.stderr
    return int(found[1]), int(found[2]), int(found[3])


@pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine")
@pytest.mark.parametrize("width", [500, 1280])
def test_nothing_runs_over_the_edge(width: int, tmp_path: Path) -> None:
    """Neither on a phone nor on a desk does the page scroll sideways or anything stand out."""
    window, page, outside = measured(render(reported("wrong-order", 42), "html"), width, tmp_path)
    assert page <= window <= width
    assert outside == 0


def colours(block: str) -> dict[str, str]:
    """Return the colours that a block of the style sheet names."""
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block))


def contrast(one: str, other: str) -> float:
    """Return how far two colours are apart, as WCAG counts it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("look", ["light", "dark", "print"])
def test_words_stand_out_from_their_ground(look: str) -> None:
    """Every colour of words has the contrast that AA asks for, on each ground it is used on."""
    sheet = (assets.templates() / "report.css").read_text(encoding="utf-8")
    roots = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    known = colours(roots[0]) | colours(roots[("light", "dark", "print").index(look)])
    pairs = [(ink, "paper") for ink in ("ink", "soft", "good", "bad", "warn", "work")]
    pairs += [("ink", f"{name}-ground") for name in ("good", "bad", "warn", "plain")]
    pairs += [(name, f"{name}-ground") for name in ("good", "bad", "warn")]
    pairs += [("soft", "ground"), ("paper", "bad")]
    assert [pair for pair in pairs if contrast(known[pair[0]], known[pair[1]]) < 4.5] == []
