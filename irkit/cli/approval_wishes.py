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
    parts: tuple[str, ...] = ()
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
        parts: tuple[str, ...],
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
            parts=parts,
            yes=yes,
        )

    def whole(self) -> Self:
        """Return these wishes about what is signed as it is.

        Raises:
            IrkitError: if they name parts of it.
        """
        if self.parts:
            raise _usage("--part chooses from a run's plan; anything else is signed as it is")
        return self

    def narrowed(self, parts: tuple[str, ...], run: str) -> tuple[str, ...]:
        """Return those of the parts that the decision is about.

        Raises:
            IrkitError: if one is named that the decision cannot be about.
        """
        for part in self.parts:
            if part not in parts:
                there_are = ", ".join(f"`{one}`" for one in parts) or "none"
                raise IrkitError(
                    Diagnostic(
                        code="IRK446",
                        summary=f"`{part}` is no part to {self.decision} now; there are: "
                        f"{there_are}",
                        help=f"irkit status {run}",
                    )
                )
        return tuple(one for one in parts if one in self.parts) if self.parts else parts


def _usage(summary: str) -> IrkitError:
    return IrkitError(Diagnostic(code="IRK100", summary=summary, help="irkit approve --help"))
