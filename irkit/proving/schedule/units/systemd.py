"""A service and a timer for systemd. `Persistent=true` makes up for a time the machine slept."""

from collections.abc import Sequence

from irkit.proving.schedule.place import MINUTE, Document, Place


def documents(place: Place) -> tuple[Document, ...]:
    """Return the two units."""
    run = _words((*place.command, "--workspace", place.workspace, "schedule", "run"))
    service = f"""\
[Unit]
Description=irkit: prove what is due
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={place.user}
WorkingDirectory={_path(place.workspace)}
EnvironmentFile=-/etc/irkit/schedule.env
ExecStart={run}
TimeoutStartSec=2h
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ReadWritePaths={_word(place.workspace)}
"""
    timer = f"""\
[Unit]
Description=irkit: prove what is due, every hour

[Timer]
OnCalendar=*-*-* *:{MINUTE:02}:00
RandomizedDelaySec=5m
Persistent=true

[Install]
WantedBy=timers.target
"""
    return (
        Document(name="irkit-schedule.service", text=service),
        Document(name="irkit-schedule.timer", text=timer),
    )


def _words(words: Sequence[str]) -> str:
    return " ".join(_word(word) for word in words)


def _word(word: str) -> str:
    """Quote one word as systemd reads it; `%` and `$` have a meaning of their own there."""
    escaped = _path(word).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{escaped}"' if any(char in word for char in " \t\"'\\;") else escaped


def _path(word: str) -> str:
    """Return text for a setting that takes the rest of its line."""
    return word.replace("%", "%%")
