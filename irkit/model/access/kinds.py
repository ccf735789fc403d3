"""The kinds of credential an intruder can hold.

Actions say which kinds they cut, leave alone, mint or reveal; playbooks say which kinds they work
against; residual access is arithmetic over these words.
"""

from enum import StrEnum


class CredentialKind(StrEnum):
    """One kind of credential; the value is the word used in playbooks and specs."""

    LONG_TERM_KEY = "long_term_key"
    """An access key of an IAM user (`AKIA…`): lives until it is deactivated."""
    GET_SESSION_TOKEN = "get_session_token"  # noqa: S105 - the name of an API call
    """A session of an IAM user: survives the deactivation of the key it came from."""
    GET_FEDERATION_TOKEN = "get_federation_token"  # noqa: S105 - the name of an API call
    """A named federated session of an IAM user: survives that key as well."""
    ROLE_SESSION = "role_session"
    """A session of a role assumed with a user's credentials."""
    FEDERATED_ROLE_SESSION = "federated_role_session"
    """A session of a role entered by SAML: survives whatever happens at the identity provider."""
    CHAINED_ROLE_SESSION = "chained_role_session"
    """A session of a role assumed from another role's session."""
    CONSOLE_SESSION = "console_session"
    """A sign-in to the AWS console."""
    INSTANCE_SESSION = "instance_session"
    """The credentials a machine or function receives for its role."""
    EXTERNAL_TRUST = "external_trust"
    """A role whose trust policy lets an outside account in."""
    SAML_SIGNING_KEY = "saml_signing_key"
    """The key of an identity provider that AWS believes: forges sessions of anybody."""
    OKTA_SESSION = "okta_session"
    """A browser session at Okta."""
    OKTA_OAUTH_TOKEN = "okta_oauth_token"  # noqa: S105 - a kind of token
    """An OAuth refresh token: mints access tokens until it is revoked."""
    OKTA_ACCESS_TOKEN = "okta_access_token"  # noqa: S105 - a kind of token
    """An OAuth access token: lives until it expires."""
    OKTA_API_TOKEN = "okta_api_token"  # noqa: S105 - a kind of token
    """An SSWS token: lives while it is used, until its owner is suspended or deactivated."""
    OKTA_FACTOR = "okta_factor"
    """An authenticator the intruder enrolled: opens new sessions."""
    OKTA_IDP = "okta_idp"
    """An identity provider of the intruder's own that the org trusts: opens sessions as others."""
