"""The `.approval` file: one statement, its signature and the text that was shown, to be carried."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from irkit.canonical import CanonicalError, JsonObject, canonical, digest_bytes, parse
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.approval import Statement, StatementError

FILE_TYPE: Final = "irkit.approval-file/v1"
_MAX_SIZE: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalFile:
    """What an approver hands over. `display` is the text whose digest is in the statement."""

    statement: Statement
    signature: str
    display: str

    def encode(self) -> bytes:
        """Return the file's content."""
        body: JsonObject = {
            "type": FILE_TYPE,
            "statement": self.statement.to_json(),
            "signature": self.signature,
            "display": self.display,
        }
        return canonical(body) + b"\n"

    @classmethod
    def decode(cls, data: bytes, *, name: str) -> Self:
        """Read a file's content; whether the approval counts is for `approvals.check` to say.

        Raises:
            IrkitError: IRK443 if it is malformed or its text is not the one that was signed.
        """
        try:
            value = parse(data.removesuffix(b"\n"))
            if not isinstance(value, Mapping) or value.get("type") != FILE_TYPE:
                raise _problem(name, "it is of another type")
            signature, display = value.get("signature"), value.get("display")
            if not isinstance(signature, str) or not isinstance(display, str):
                raise _problem(name, "signature or displayed text is missing")
            statement = Statement.from_json(value.get("statement"))
            if digest_bytes(display.encode()) != statement.display:
                raise _problem(name, "the text in it is not the one that was signed")
        except (CanonicalError, StatementError) as error:
            raise _problem(name, str(error)) from error
        return cls(statement=statement, signature=signature, display=display)

    def write(self, path: Path) -> None:
        """Write the file."""
        path.write_bytes(self.encode())

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file at `path`.

        Raises:
            IrkitError: IRK443 if it cannot be read or is malformed.
        """
        try:
            with path.open("rb") as file:
                data = file.read(_MAX_SIZE + 1)
        except OSError as error:
            raise _problem(path.name, error.strerror or str(error)) from error
        if len(data) > _MAX_SIZE:
            raise _problem(path.name, "it is too large")
        return cls.decode(data, name=path.name)


def _problem(name: str, why: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK443",
            summary=f"{name} is not an approval file: {why}",
            help="ask the approver for the file that `irkit approve PLANFILE` wrote",
        )
    )
