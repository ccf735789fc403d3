"""Sign a user out everywhere that Okta reaches: sessions, tokens, and applications that listen."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Readers, Writers, parameter
from irkit.actions.okta_sign_out import SignOut
from irkit.actions.okta_user import api_tokens, holds_tokens
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb
from irkit.providers.call import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class UniversalLogout(SignOut):
    """Revokes all sessions and tokens of one user by one call."""

    spec: ClassVar[Spec] = Spec(
        id="okta.user.universal_logout",
        version=1,
        verb=Verb.DO,
        summary="Sign a user out everywhere Okta reaches",
        needs=("okta",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.LOSSY,
        target="okta.user",
        permissions=Permissions(
            okta_read=("okta.users.read", "okta.logs.read", "okta.apiTokens.read"),
            okta_write=("okta.universalLogout.manage",),
        ),
        cuts=(Kind.OKTA_SESSION, Kind.OKTA_OAUTH_TOKEN, Kind.OKTA_API_TOKEN),
        does_not_cut=(
            Kind.OKTA_ACCESS_TOKEN,
            Kind.OKTA_FACTOR,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.LONG_TERM_KEY,
            Kind.CONSOLE_SESSION,
        ),
        visible_within=timedelta(minutes=2),
        in_doubt_wait=timedelta(seconds=5),
        ends_sessions=True,
        attack=("T1550.001", "T1539"),
        d3fend=("D3-ST",),
        gotchas=(
            "Suspend first: otherwise the intruder signs in again.",
            "The user's API tokens are revoked for good: what runs on them needs new ones.",
            "Applications that do not listen are not reached, AWS among them: sessions live on.",
            "Some applications only stop renewing and keep the session that is open.",
            "Needs Okta's Identity Engine with the licence for it; refused with 403 otherwise.",
        ),
    )
    aspect: ClassVar[str] = "sessions everywhere"
    says: ClassVar[str] = "user.authentication.universal_logout"
    instead: ClassVar[str] = "the user signs in again; owners of API tokens make new ones"

    user: str = parameter("okta.user", "The user to sign out: Okta id or login")

    @property
    def who(self) -> str:
        """The user."""
        return self.user

    async def left(self, readers: Readers, user: str) -> bool:
        """Say whether the user holds refresh tokens or API tokens."""
        return await holds_tokens(readers, user) or bool(await api_tokens(readers, user))

    async def end(self, writers: Writers, user: str) -> Reply:
        """Revoke everything of the user."""
        return await writers.okta.send(
            "POST",
            "/oauth2/v1/global-token-revocation",
            body={"sub_id": {"format": "opaque", "id": user}},
        )
