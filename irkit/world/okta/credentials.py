"""What opens doors: API tokens, sessions, consents, refresh tokens."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from irkit.canonical import JsonObject
from irkit.world.okta.org_state import OrgState, locked
from irkit.world.okta.records import ApiToken, Grant, RefreshToken, Session

SESSION_LIFE: Final = timedelta(hours=2)
TOKEN_LIFE: Final = timedelta(days=30)
REFRESH_LIFE: Final = timedelta(days=90)
ANYWHERE: Final[JsonObject] = {"connection": "ANYWHERE"}


class Credentials(OrgState):
    """The part of the state that is about credentials."""

    @locked
    def add_token(
        self, owner_id: str, name: str = "API token", *, network: JsonObject = ANYWHERE
    ) -> str:
        """Create an SSWS token of a user and return its secret."""
        now = self.now()
        token = ApiToken(
            id=self.ids.new("00T"),
            name=name,
            user_id=owner_id,
            client_name="Okta API",
            secret=self.ids.secret("00"),
            created=now,
            last_updated=now,
            expires=now + TOKEN_LIFE,
            network=network,
        )
        self.tables.api_tokens[token.id] = token
        self.tables.token_ids[token.secret] = token.id
        return token.secret

    def token_id(self, secret: str) -> str:
        """Return the id of the API token with this secret."""
        return self.tables.token_ids[secret]

    @locked
    def start_session(
        self,
        user_id: str,
        ip: str = "198.51.100.10",
        *,
        user_agent: str = "Mozilla/5.0",
        amr: tuple[str, ...] = ("pwd",),
        device_token: str = "",
        idp_id: str = "",
        life: timedelta = SESSION_LIFE,
    ) -> str:
        """Start a session of a user and return the cookie's value (`sid`)."""
        now = self.now()
        session = Session(
            id=self.ids.secret("102", 25),
            external_id=self.ids.secret("trs", 25),
            user_id=user_id,
            created=now,
            expires=now + life,
            ip=ip,
            user_agent=user_agent,
            amr=amr,
            device_token=device_token,
            idp_id=idp_id,
        )
        self.tables.sessions[session.id] = session
        user = self.tables.users[user_id]
        self.tables.users[user_id] = replace(user, last_login=now, failed_sign_ins=0)
        return session.id

    @locked
    def add_grant(
        self, user_id: str, client_id: str, scope: str, *, source: str = "END_USER"
    ) -> str:
        """Record a consent and return its id; an empty user is an admin's consent."""
        grant = Grant(
            id=self.ids.new("oag"),
            client_id=client_id,
            user_id=user_id,
            scope=scope,
            created=self.now(),
            source=source,
        )
        self.tables.grants[grant.id] = grant
        return grant.id

    @locked
    def add_refresh_token(self, user_id: str, client_id: str, scopes: tuple[str, ...]) -> str:
        """Issue a refresh token of a user and a client and return its secret."""
        now = self.now()
        token = RefreshToken(
            id=self.ids.new("oar"),
            secret=self.ids.secret("rt", 43),
            client_id=client_id,
            user_id=user_id,
            scopes=scopes,
            created=now,
            expires=now + REFRESH_LIFE,
        )
        self.tables.refresh_tokens[token.id] = token
        return token.secret
