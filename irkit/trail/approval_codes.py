"""Why an approval does not count: one diagnostic and one finding code for each reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from irkit.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reason:
    finding: str
    summary: str
    help: str


_AGAIN: Final = "run `irkit approve RUN` again: it shows the plan as it is now"
_POLICY: Final = "run `irkit approvers list` to see who may approve with which key"
_TRUST: Final = "do not go on: run `irkit trail verify` and ask the approver what was shown"

_REASONS: Final[Mapping[str, _Reason]] = {
    "IRK401": _Reason(
        finding="approval.signature",
        summary="the signature is in the namespace {}, not {}",
        help=_AGAIN,
    ),
    "IRK402": _Reason(
        finding="approval.not-canonical",
        summary="what was signed is not a canonical approval statement: {}",
        help=_AGAIN,
    ),
    "IRK403": _Reason(
        finding="approval.unknown-signer",
        summary="{} is not an approver under the pinned policy",
        help=_POLICY,
    ),
    "IRK404": _Reason(
        finding="approval.key-mismatch",
        summary="the key that signed for {} ({}) is not one of theirs under the pinned policy",
        help=_POLICY,
    ),
    "IRK405": _Reason(
        finding="approval.signature",
        summary="the approval's signature is not valid: {}",
        help=_AGAIN,
    ),
    "IRK406": _Reason(
        finding="approval.key-validity",
        summary="the key {} was not valid at {}",
        help="renew the approver's line and seal the policy: `irkit approvers seal`",
    ),
    "IRK407": _Reason(
        finding="approval.key-revoked", summary="the key {} was revoked at {}", help=_POLICY
    ),
    "IRK408": _Reason(
        finding="approval.user-presence",
        summary="nobody touched the security key {} when it signed",
        help="use a key made without `-O no-touch-required`",
    ),
    "IRK409": _Reason(
        finding="approval.user-verification",
        summary="the security key {} did not check a PIN or fingerprint, which the policy asks for",
        help="make a key with `ssh-keygen -t ed25519-sk -O verify-required`",
    ),
    "IRK410": _Reason(
        finding="approval.counter",
        summary="the security key's counter is {}, and was {} before: it may have been cloned",
        help=_TRUST,
    ),
    "IRK411": _Reason(
        finding="approval.webauthn-origin",
        summary="the passkey signed on the page {}, which the policy does not name",
        help=_TRUST,
    ),
    "IRK412": _Reason(
        finding="approval.origin", summary="the approval is for the trail {}, not {}", help=_AGAIN
    ),
    "IRK413": _Reason(
        finding="approval.wrong-run", summary="the approval is for the run {}, not {}", help=_AGAIN
    ),
    "IRK414": _Reason(
        finding="approval.plan",
        summary="the approval is for a plan with the header {}, not {}",
        help=_AGAIN,
    ),
    "IRK415": _Reason(
        finding="approval.scope", summary="the plan has no part {}: it changed since", help=_AGAIN
    ),
    "IRK416": _Reason(
        finding="approval.nonce",
        summary="the nonce {} is not the one this plan was proposed with",
        help=_AGAIN,
    ),
    "IRK417": _Reason(
        finding="approval.window",
        summary="the approval counts from {} to {}, and it came at {}",
        help=_AGAIN,
    ),
    "IRK418": _Reason(
        finding="approval.mode", summary="the approval is for mode {}, the run is {}", help=_AGAIN
    ),
    "IRK419": _Reason(
        finding="approval.policy",
        summary="the approval was given under the policy {}, now {} is in force",
        help=_AGAIN,
    ),
    "IRK420": _Reason(
        finding="approval.requester",
        summary="the approval names {} as the requester, the run was opened by {}",
        help=_AGAIN,
    ),
    "IRK421": _Reason(
        finding="approval.self",
        summary="{} asked for this run and may not approve it",
        help="somebody else has to approve; alone at night: `irkit approve RUN --break-glass "
        "--reason TEXT`",
    ),
    "IRK422": _Reason(
        finding="approval.role", summary="{} has none of the roles this needs: {}", help=_POLICY
    ),
    "IRK423": _Reason(
        finding="approval.trail-view",
        summary="the approver was shown another history of {} records than this trail has",
        help=_TRUST,
    ),
    "IRK424": _Reason(
        finding="approval.display",
        summary="the text shown to the approver ({}) is not what this plan reads like ({})",
        help=_TRUST,
    ),
    "IRK425": _Reason(
        finding="approval.unknowns",
        summary="the part cannot be approved: something in it is not known yet",
        help="answer what is open, then `irkit approve RUN`",
    ),
}


def problem(code: str, *details: str) -> Diagnostic:
    """Return the diagnostic `code` with `details` in the places of its summary."""
    reason = _REASONS[code]
    return Diagnostic(code=code, summary=reason.summary.format(*details), help=reason.help)


def finding_code(code: str) -> str:
    """Return the finding code of verification that stands for the diagnostic `code`."""
    return _REASONS[code].finding
