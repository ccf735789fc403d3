"""Statements that are signed elsewhere: written for stock `ssh-keygen`, and read back."""

import shlex
from dataclasses import dataclass
from pathlib import Path

from irkit.canonical import JsonObject
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.approval import Statement
from irkit.trail.approval_file import ApprovalFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A statement in canonical form, and its armored signature."""

    signed: bytes
    signature: bytes


def read(path: Path) -> Carried:
    """Read what somebody signed elsewhere: an `.approval` file, or a file and its `.sig`.

    Raises:
        IrkitError: if it cannot be read.
    """
    beside = path.with_name(f"{path.name}.sig")
    if not beside.exists():
        file = ApprovalFile.read(path)
        return Carried(signed=file.statement.canonical(), signature=file.signature.encode())
    try:
        return Carried(signed=path.read_bytes(), signature=beside.read_bytes())
    except OSError as error:
        summary = f"{path} cannot be read: {error.strerror}"
        raise IrkitError(Diagnostic(code="IRK474", summary=summary)) from error


def write(path: Path, statement: Statement, text: str, *, add: str) -> JsonObject:
    """Write a statement, and beside it the text that it stands for; return how to go on.

    `add` is the command that brings the signed file in, without the file's name.

    Raises:
        IrkitError: IRK474 if it cannot be written.
    """
    display = path.with_name(f"{path.name}.txt")
    try:
        path.write_bytes(statement.canonical())
        display.write_text(text, encoding="ascii")
    except OSError as error:
        summary = f"{path} cannot be written: {error.strerror}"
        raise IrkitError(Diagnostic(code="IRK474", summary=summary)) from error
    name = shlex.quote(str(path))
    return {
        "file": str(path),
        "display": str(display),
        "as": statement.approver,
        "sign": f"ssh-keygen -Y sign -n {statement.namespace} -f ~/.ssh/id_ed25519 {name}",
        "add": f"{add} --file {name}",
    }
