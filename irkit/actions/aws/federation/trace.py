"""Every AWS session that a person entered through the identity provider, each on its own.

Sessions are found by the assertion that began them and followed through roles, accounts and keys.
Colleagues who use the same role are not in the answer.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.cloudtrail import History
from irkit.actions.shape import listed, maybe_text, text
from irkit.actions.times import moment
from irkit.actions.trace.events import SAML, session_of
from irkit.actions.trace.person import Person, find_person, origin
from irkit.actions.trace.walk import FOUND, follow
from irkit.canonical import Json, JsonObject
from irkit.clock import rfc3339
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace(Read):
    """Returns the federated sessions of one person, or of everybody, in one account."""

    spec: ClassVar[Spec] = Spec(
        id="aws.federation.trace",
        version=1,
        verb=Verb.READ,
        summary="Trace a person's federated sessions in an AWS account",
        needs=("aws",),
        permissions=Permissions(
            iam_read=("cloudtrail:LookupEvents", "ec2:DescribeRegions"),
            okta_read=("okta.logs.read", "okta.users.read"),
            given={"okta.users.read": "user"},
        ),
        reveals=(
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.LONG_TERM_KEY,
            Kind.GET_SESSION_TOKEN,
        ),
        unaffected_by=(
            "aws.ec2_instance.isolate",
            "aws.iam_key.deactivate",
            "aws.iam_role.deny_session",
            "aws.iam_role.revoke_sessions",
            "aws.iam_user.quarantine",
            "okta.user.suspend",
            "okta.user.revoke_sessions",
            "okta.user.revoke_oauth",
            "okta.user.remove_factor",
            "okta.user.remove_admin_roles",
            "okta.api_token.revoke",
            "aws.org.scp_deny_principal",
            "aws.saml_provider.break",
        ),
        attack=("T1606.002", "T1199", "T1550.001"),
        d3fend=("D3-UBA",),
        gotchas=(
            "CloudTrail shows an event up to 15 minutes after it happened.",
            "The event history has management events of 90 days; data events are not in it.",
            "Each account and region answers two lookups a second.",
            "An orphan session, which no sign-on explains, may rest on a forged assertion.",
        ),
        identified_by=("seat",),
        result={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "account": {"type": "string"},
                    "role": {"type": "string"},
                    "role_id": {"type": "string"},
                    "name": {"type": "string"},
                    "seat": {"type": "string"},
                    "provider": {"type": "string"},
                    "started_at": {"type": "string"},
                    "expires_at": {"type": "string"},
                    "source_ip": {"type": "string"},
                    "okta_session": {"type": ["string", "null"]},
                    "orphan": {"type": ["boolean", "null"]},
                    **FOUND,
                },
            },
        },
    )

    account: str = parameter("aws.account", "The account to look in")
    user: str = parameter(
        "text", "The person's login, or session name; empty for everybody", default=""
    )
    since: str = parameter("time", "How far back to look", default="24 hours ago")

    async def read(self, readers: Readers) -> Answer:
        """Find the sessions, follow each, and join them with Okta's sign-ons."""
        now = readers.aws.now()
        since = moment(self.since, now)
        until = now + timedelta(minutes=1)
        person = await find_person(readers, self.user, since, until)
        history = History(readers=readers, since=since, until=until)
        sessions: list[JsonObject] = []
        evidence: list[JsonObject] = []
        for event in await history.look_up(self.account, "EventName", SAML):
            session = session_of(event)
            if session is None or not _is_of(person, event, session):
                continue
            found = await follow(history, self.account, text(session, "seat"), session)
            evidence += [event, *found.events]
            sessions.append(
                {
                    **session,
                    "provider": _provider(event),
                    **_origin(readers, person, event, session),
                    **found.to_json(),
                }
            )
        gaps = (*person.gaps, *history.gaps)
        return Answer(
            value=listed(sessions),
            raw=_raw(person, evidence),
            complete=not gaps,
            gaps=gaps,
            request_ids=tuple(history.request_ids),
            observed_through=rfc3339(now),
        )


def _raw(person: Person, evidence: list[JsonObject]) -> Json:
    sign_ons = None if person.sign_ons is None else listed(person.sign_ons)
    return {"cloudtrail": listed(evidence), "okta": sign_ons}


def _is_of(person: Person, event: JsonObject, session: JsonObject) -> bool:
    names = {
        text(session, "name").lower(),
        maybe_text(event, "userIdentity", "userName").lower(),
    }
    return not person.names or bool(names & person.names)


def _provider(event: JsonObject) -> str:
    return maybe_text(event, "requestParameters", "principalArn")


def _origin(
    readers: Readers, person: Person, event: JsonObject, session: JsonObject
) -> dict[str, Json]:
    """Return the sign-on that explains the session; none can if its provider is not ours.

    Without a `federation` section every provider counts, and any application explains a session.
    """
    name = _provider(event).rpartition("/")[2]
    ours = [rule for rule in readers.federation if name == maybe_text(rule, "saml_provider")]
    if readers.federation and not ours:
        return {"okta_session": None, "orphan": True}
    apps = frozenset(maybe_text(rule, "okta_app") for rule in ours) - {""}
    return origin(person, session, apps)
