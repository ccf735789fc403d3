"""A line for a crontab. The lock keeps a late run and the next one apart."""

import shlex

from irkit.proving.schedule.place import MINUTE, Document, Place


def documents(place: Place) -> tuple[Document, ...]:
    """Return the crontab's lines."""
    words = (*place.command, "--workspace", place.workspace, "schedule", "run")
    log = shlex.quote(f"{place.workspace}/.irkit/schedule.log")
    # A percent sign ends the command in a crontab unless it is escaped.
    command = f"{shlex.join(words)} >>{log} 2>&1".replace("%", "\\%")
    text = f"# irkit: prove what is due, every hour (crontab -e)\n{MINUTE} * * * * {command}\n"
    return (Document(name="irkit-schedule.crontab", text=text),)
