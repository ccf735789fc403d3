"""What somebody asks `irkit approve` to do, checked for contradictions."""

from dataclasses import dataclass
from typing import Self

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.approval import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The options of one approval."""

    key: str = ""
    decision: Decision = Decision.APPROVE
    break_glass: bool = False
    reason: str = ""
    confirm: bool = False
    vouched_by: str = ""
    words: str = ""
    yes: bool = False

    @classmethod
    def of(
        cls,
        *,
        key: str,
        deny: bool,
        revoke: bool,
        break_glass: bool,
        reason: str,
        confirm: bool,
        vouched_by: str,
        words: str,
        yes: bool,
    ) -> Self:
        """Return the wishes that the options say.

        Raises:
            IrkitError: if they contradict one another or lack something.
        """
        decisions = [
            decision
            for decision, said in ((Decision.DENY, deny), (Decision.REVOKE, revoke))
            if said
        ]
        ways = sum((bool(decisions), break_glass, confirm, bool(vouched_by)))
        if len(decisions) > 1 or ways > 1:
            raise _usage(
                "--deny, --revoke, --break-glass, --confirm-breakglass and --vouched-by "
                "exclude one another"
            )
        if break_glass and not reason.strip():
            raise _usage("whoever acts alone says why: add --reason TEXT")
        return cls(
            key=key,
            decision=decisions[0] if decisions else Decision.APPROVE,
            break_glass=break_glass or bool(vouched_by),
            reason=reason,
            confirm=confirm,
            vouched_by=vouched_by,
            words=words,
            yes=yes,
        )


def _usage(summary: str) -> IrkitError:
    return IrkitError(Diagnostic(code="IRK100", summary=summary, help="irkit approve --help"))
