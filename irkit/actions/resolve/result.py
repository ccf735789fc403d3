"""What resolving returns, and how it fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.change import Target

_SHOWN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """One input value: `id` is what expressions see, `label` what people read."""

    id: str
    label: str
    target: Target


def not_found(kind: str, text: str, hint: str = "") -> IrkitError:
    """Return the error for a text that means nothing."""
    return IrkitError(Diagnostic(code="IRK270", summary=f"no {kind} is called `{text}`", help=hint))


def ambiguous(kind: str, text: str, candidates: Sequence[str]) -> IrkitError:
    """Return the error for a text that may mean several things, with all of them."""
    shown = ", ".join(candidates[:_SHOWN])
    more = f" and {len(candidates) - _SHOWN} more" if len(candidates) > _SHOWN else ""
    return IrkitError(
        Diagnostic(
            code="IRK271",
            summary=f"`{text}` is not one {kind}: it may be {shown}{more}",
            help="give one of these in full",
        )
    )


def cannot_resolve(what: str, hint: str) -> IrkitError:
    """Return the error for something that has no meaning in a provider."""
    return IrkitError(Diagnostic(code="IRK272", summary=f"{what} cannot be resolved", help=hint))


def without_connection(kind: str, provider: str) -> IrkitError:
    """Return the error for a type whose provider the workspace is not connected to."""
    return IrkitError(
        Diagnostic(
            code="IRK273",
            summary=f"`{kind}` needs a connection to {provider}, and there is none",
            help="add one under `connections` in `irkit.yaml`",
        )
    )
