"""Applications of the org, OAuth clients among them, and who has them."""

from irkit.canonical import JsonObject
from irkit.world.okta.credentials import Credentials
from irkit.world.okta.directory import Directory
from irkit.world.okta.org_state import locked
from irkit.world.okta.records import App, Assignment


class Applications(Directory, Credentials):
    """The part of the state that is about applications."""

    @locked
    def add_app(
        self,
        name: str,
        label: str,
        *,
        sign_on: str = "SAML_2_0",
        settings: "JsonObject | None" = None,
        client_id: str = "",
        public_keys: tuple[JsonObject, ...] = (),
        grant_types: tuple[str, ...] = ("client_credentials",),
    ) -> str:
        """Add an application and return its id (`amazon_aws` is the AWS federation)."""
        now = self.now()
        app_id = client_id or self.ids.new("0oa")
        self.tables.apps[app_id] = App(
            id=app_id,
            name=name,
            label=label,
            sign_on=sign_on,
            status="ACTIVE",
            created=now,
            last_updated=now,
            settings=settings or {},
            client_id=client_id,
            public_keys=public_keys,
            grant_types=grant_types,
        )
        return app_id

    @locked
    def add_native_app(self, label: str, grant_types: tuple[str, ...]) -> str:
        """Register a public OAuth client that people sign in to; return its client id."""
        return self.add_app(
            "oidc_client",
            label,
            sign_on="OPENID_CONNECT",
            client_id=self.ids.new("0oa"),
            grant_types=grant_types,
        )

    @locked
    def add_service_app(
        self,
        label: str,
        public_key: JsonObject,
        scopes: tuple[str, ...],
        *,
        client_id: str = "",
        roles: tuple[str, ...] = ("SUPER_ADMIN",),
    ) -> str:
        """Register an API service app (private-key JWT) with scopes and roles; return client id."""
        client = client_id or self.ids.new("0oa")
        self.add_app(
            "oidc_client",
            label,
            sign_on="OPENID_CONNECT",
            client_id=client,
            public_keys=(public_key,),
        )
        for scope in scopes:
            self.add_grant("", client, scope, source="ADMIN")
        for role in roles:
            self.assign_role(client, role)
        return client

    @locked
    def assign_app(
        self, app_id: str, assignee_id: str, profile: "JsonObject | None" = None
    ) -> None:
        """Assign an application to a user or a group.

        For the AWS application the profile's `samlRoles` lists `role_arn,provider_arn` pairs.
        """
        now = self.now()
        item = Assignment(
            assignee_id=assignee_id, created=now, last_updated=now, profile=profile or {}
        )
        is_user = assignee_id in self.tables.users
        table = self.tables.app_users if is_user else self.tables.app_groups
        table.setdefault(app_id, {})[assignee_id] = item
