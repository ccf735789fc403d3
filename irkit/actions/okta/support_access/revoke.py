"""Shut Okta's support staff out of the org: the way in that was used in January 2022."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_things import path_of
from irkit.actions.refusal import cannot_reach, no_such, no_way_back
from irkit.actions.shape import entries, listed, maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.clock import parse_rfc3339
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_SETTINGS: Final = "/api/v1/org/privacy/oktaSupport"
_CASES: Final = f"{_SETTINGS}/cases"
_ON: Final = "ENABLED"
_OFF: Final = "DISABLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoke(Action):
    """Ends the access of each support case, one change each."""

    spec: ClassVar[Spec] = Spec(
        id="okta.support_access.revoke",
        version=1,
        verb=Verb.DO,
        summary="Shut Okta's support staff out",
        needs=("okta",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.LOSSY,
        target="okta.support_case",
        permissions=Permissions(okta_read=("okta.orgs.read",), okta_write=("okta.orgs.manage",)),
        does_not_cut=(
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1199",),
        d3fend=("D3-AL",),
        gotchas=(
            "First, where Okta or its suppliers are suspected.",
            "Look in the log for `user.session.impersonation.initiate`: who came in, and when.",
            "Undo lets them in for as long as was left when they were shut out.",
        ),
    )

    case: str = parameter("text", "Only this support case; empty for all", default="")

    async def probe(self, readers: Readers) -> Seen:
        """Read the support cases and which of them open the org."""
        reply = await readers.okta.get(_CASES)
        found = [
            {
                "number": text(case, "caseNumber"),
                "subject": maybe_text(case, "subject"),
                "access": maybe_text(case, "impersonation", "status") or _OFF,
                "until": maybe_text(case, "impersonation", "expiration"),
            }
            for case in entries(reply.body, "supportCases")
        ]
        if self.case and self.case not in {case["number"] for case in found}:
            numbers = ", ".join(case["number"] for case in found) or "none"
            raise no_such("support case", self.case, "give its number", there_are=numbers)
        wanted = [case for case in found if self.case in {"", case["number"]}]
        explained = bool(self.case) or any(case["access"] == _ON for case in found)
        return {
            "tenant": readers.okta.tenant,
            "cases": listed(wanted),
            "unexplained": not explained and await _let_in(readers),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """End the access of each case that has it; what no case explains is not irkit's to end."""
        if seen["unexplained"]:
            raise cannot_reach(
                "Okta's support is let in, and by no support case that irkit is shown",
                "switch it off in the Admin Console: Settings > Account > Give access to Okta "
                "Support",
            )
        return tuple(
            Change(
                id=f"revoke-{text(case, 'number')}",
                target=_target(seen, case),
                verb="revoke support access",
                before={"support": _ON},
                after={"support": _OFF},
                saved={"until": case["until"]},
            )
            for case in entries(seen, "cases")
            if case["access"] == _ON
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Say whether the case opens the org; one that is closed does not."""
        opened = {case["number"] for case in entries(seen, "cases") if case["access"] == _ON}
        return {"support": _ON if target.id in opened else _OFF}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the cases."""
        return tuple(_target(seen, case) for case in entries(seen, "cases"))

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Shut them out."""
        return await _set(writers, change, {"status": _OFF, "expiration": None})

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,
        writers: Writers,
    ) -> Applied:
        """Let them in until the time that was saved, if that is still to come."""
        until = maybe_text(change.saved, "until")
        await self.probe(readers)  # what time it is, Okta says
        if until and parse_rfc3339(until) <= readers.okta.now():
            raise no_way_back(
                self.spec.id, "their time is over: grant it anew in the Admin Console"
            )
        return await _set(writers, change, {"status": _ON, "expiration": until or None})


async def _let_in(readers: Readers) -> bool:
    """Say whether support may enter the org at all, for whatever reason."""
    settings = await readers.okta.get(_SETTINGS)
    return text(settings.body, "support") == _ON


async def _set(writers: Writers, change: Change, access: JsonObject) -> Applied:
    path = path_of(_CASES, change.target.id)
    reply = await writers.okta.send("PATCH", path, body={"impersonation": access})
    return Applied(request_ids=(reply.request_id,), status=reply.status)


def _target(seen: Seen, case: JsonObject) -> Target:
    number = text(case, "number")
    return Target(
        kind="okta.support_case",
        tenant=text(seen, "tenant"),
        id=number,
        label=f"support case {number} {text(case, 'subject')}".rstrip(),
    )
