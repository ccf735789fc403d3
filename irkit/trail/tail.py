"""What follows the last valid checkpoint: an interrupted write, or tampering.

A complete, validly signed checkpoint of a larger size in it is tampering: refuse and change
nothing. More than one commit's size is refused too. Anything else was never acknowledged: it is
copied to `torn/`, and only then cut off.
"""

import hashlib
import os

from irkit.canonical import JsonObject
from irkit.trail import problems
from irkit.trail.blobs import sync_directory
from irkit.trail.chain import Chain
from irkit.trail.files import Files
from irkit.trail.layout import Layout
from irkit.trail.scan import MAX_COMMIT, later_checkpoint


def check_rest(layout: Layout, files: Files, chain: Chain, offset: int) -> bytes:
    """Return the bytes after `offset` if an interrupted write can have left them.

    Raises:
        IrkitError: IRK704 if they show that the journal was altered, IRK713 if they are too many.
    """
    if chain.commits == 0:
        raise problems.damaged(layout.journal, 0, "it has no valid first commit")
    if files.size() < offset:
        raise problems.damaged(layout.journal, files.size(), "it was cut while in use")
    data = files.read(offset)
    if later_checkpoint(data, chain.keys.values(), chain.frontier.size):
        raise problems.damaged(
            layout.journal, offset, "a signed checkpoint follows that does not fit what it covers"
        )
    if len(data) > MAX_COMMIT:
        raise problems.too_much_torn(layout.journal, offset, len(data))
    return data


def quarantine(layout: Layout, files: Files, data: bytes, offset: int) -> JsonObject:
    """Keep `data` under `torn/`, cut it off the journal, and return what to record about it."""
    sha256 = hashlib.sha256(data).hexdigest()
    layout.torn.mkdir(mode=0o700, exist_ok=True)
    path = layout.torn / f"{offset}-{sha256}"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o400)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        sync_directory(layout.torn)
    files.truncate(offset)
    return {"offset": offset, "bytes": len(data), "sha256": sha256}
