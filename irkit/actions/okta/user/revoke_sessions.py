"""End a user's Okta sessions, and on request the OAuth tokens made from them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Readers, Writers, parameter
from irkit.actions.okta_sign_out import SignOut
from irkit.actions.okta_user import holds_tokens, user_path
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb
from irkit.providers.call import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeSessions(SignOut):
    """Clears all sessions of one user."""

    spec: ClassVar[Spec] = Spec(
        id="okta.user.revoke_sessions",
        version=1,
        verb=Verb.DO,
        summary="End all Okta sessions of a user",
        needs=("okta",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.SELF_HEALING,
        target="okta.user",
        permissions=Permissions(
            okta_read=("okta.users.read", "okta.logs.read"), okta_write=("okta.users.manage",)
        ),
        cuts=(Kind.OKTA_SESSION, Kind.OKTA_OAUTH_TOKEN),
        does_not_cut=(
            Kind.OKTA_IDP,
            Kind.OKTA_ACCESS_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.OKTA_FACTOR,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CHAINED_ROLE_SESSION,
            Kind.LONG_TERM_KEY,
            Kind.CONSOLE_SESSION,
        ),
        visible_within=timedelta(seconds=60),
        in_doubt_wait=timedelta(seconds=5),
        ends_sessions=True,
        attack=("T1539", "T1550.004"),
        d3fend=("D3-ST",),
        gotchas=(
            "Suspend first: otherwise the intruder signs in again.",
            "Sessions of applications behind Okta, AWS among them, live on.",
            "With `oauth_tokens: false` OAuth refresh tokens live on.",
            "OAuth access tokens already issued live until they expire.",
            "API tokens are not revoked.",
            "Browsers that Okta remembered are asked for a factor again, the person's own as well.",
        ),
    )
    aspect: ClassVar[str] = "sessions"
    says: ClassVar[str] = "user.session.clear"
    instead: ClassVar[str] = "the user signs in again; no undo is needed"

    user: str = parameter("okta.user", "The user whose sessions end: Okta id or login")
    oauth_tokens: bool = parameter("bool", "Also revoke OAuth refresh tokens", default=True)

    @property
    def who(self) -> str:
        """The user."""
        return self.user

    async def left(self, readers: Readers, user: str) -> bool:
        """Say whether the user holds refresh tokens that were to be revoked."""
        return self.oauth_tokens and await holds_tokens(readers, user)

    async def end(self, writers: Writers, user: str) -> Reply:
        """Clear the sessions."""
        return await writers.okta.send(
            "DELETE",
            user_path(user, "sessions"),
            query={
                "forgetDevices": "true",  # where it is not said, it depends on the org
                **({"oauthTokens": "true"} if self.oauth_tokens else {}),
            },
        )
