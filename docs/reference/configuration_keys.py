# ruff: noqa: INP001  # a script and its table, not a package
"""What each key of `irkit.yaml` and `roles.yaml` is for; the defaults are read from the code.

A test holds this list against the keys that the decoders read: a key that is not described here,
or described and not read, fails it.
"""

from typing import Final

KEYS: Final = {
    "irkit": "Version of the format: `1`.",
    "org": "The organization's short name; it stands in reports.",
    "mode": "`live` or `drill`. A drill's connections must be the simulated world, and a live "
    "workspace's must not.",
    "origin": "The name of the trail, such as `acme.example/irkit/oncall`; a random suffix is "
    "added when the trail begins.",
    "connections": "The systems irkit talks to, each under a name of your own.",
    "connections.NAME.provider": "`okta` or `aws`.",
    "connections.NAME.depends_on_idp": "Whether reaching it needs the identity provider to be up; "
    "`irkit check` warns.",
    "connections.NAME.org_url": "Okta: the org's URL.",
    "connections.NAME.org_id": "Okta: the org's id (`00o…`), which pins it.",
    "connections.NAME.auth": "Okta: a token, or a service application with a private key.",
    "connections.NAME.auth.token": "Reference to an API token.",
    "connections.NAME.auth.private_key": "Reference to a private key (PEM or JWK).",
    "connections.NAME.auth.client_id": "The service application's id.",
    "connections.NAME.auth.key_id": "The key's id, where the application has several.",
    "connections.NAME.auth.scopes": "OAuth scopes; else those the application was granted.",
    "connections.NAME.source": "AWS: where the first credentials come from: a profile, or a key.",
    "connections.NAME.source.profile": "Name of a profile.",
    "connections.NAME.source.access_key_id": "Id of an access key.",
    "connections.NAME.source.secret_access_key": "Reference to its secret.",
    "connections.NAME.source.session_token": "Reference to a session token.",
    "connections.NAME.accounts": "AWS: the accounts, listed, or `{from: organization, …}`.",
    "connections.NAME.accounts.id": "The account's 12 digits, in quotes; they pin it.",
    "connections.NAME.accounts.name": "A name for people.",
    "connections.NAME.accounts.read_role": "The role irkit reads with.",
    "connections.NAME.accounts.write_role": "The role irkit writes with.",
    "connections.NAME.accounts.from": "`organization`: every active account of it.",
    "connections.NAME.accounts.management": "The management account, which is asked for them.",
    "connections.NAME.accounts.except": "Accounts that are left out.",
    "connections.NAME.regions": "AWS: `all`, or a list; sweeps name what it leaves out.",
    "connections.NAME.endpoint_url": "AWS: another endpoint; a drill needs one.",
    "connections.NAME.permissions": "AWS: the IAM actions the roles allow; `irkit lint` compares "
    "them with what playbooks need.",
    "federation": "How people of the Okta org reach AWS, a list.",
    "federation.okta_app": "The application's id.",
    "federation.aws": "The accounts it leads to; left out, all.",
    "federation.saml_provider": "The name of the SAML provider in IAM.",
    "federation.session_name": "What session names are made of: `login` is the user's login.",
    "break_glass": "Who gets in when nothing else works. They are protected, and proven before an "
    "identity provider is broken.",
    "break_glass.aws": "Roles and users of AWS, a list.",
    "break_glass.aws.principal": "The ARN of the role or user.",
    "break_glass.aws.source": "Where its credentials come from: a profile, or a key. irkit only "
    "asks AWS whose they are, and does nothing with them.",
    "break_glass.okta": "Logins of super administrators.",
    "break_glass.quarantine": "Okta groups that shut their members out: whoever is in one is no "
    "way in.",
    "break_glass.signed_in_within": "How long ago such a user may have signed in last; left out, "
    "it is not looked at.",
    "protect": "What may never be a target: a list of one kind and one pattern each, such as "
    '`aws.role: "irkit-*"`. Pin it with `irkit protect pin`.',
    "limits": "How many distinct targets of a kind one run may touch, such as `okta.user: 25`.",
    "approvers": "The OpenSSH allowed_signers file; `roles.yaml` stands beside it.",
    "approvals": "How many approvals changes need; the strictest of playbook and class holds.",
    "approvals.reversal": "By how far a change can be taken back: `ADDITIVE`, `SELF_HEALING`, "
    "`EXACT`, `LOSSY`, `DESTRUCTIVE`; a number, or a need.",
    "approvals.blast": "By how much a change touches: `principal`, `many`, `account`, `org`.",
    "approvals.change": "What a new policy needs; left out, two people where there are two.",
    "approvals.NEED.need": "How many people.",
    "approvals.NEED.from": "Roles that may approve; left out, any approver.",
    "approvals.NEED.not": "`[requester]`: not whoever asked for the run.",
    "approvals.NEED.valid": "How long an approval counts.",
    "approvals.alone": "What one person may do alone under break-glass.",
    "approvals.alone.from": "Roles that may.",
    "approvals.alone.reversal": "Classes of change.",
    "approvals.alone.blast": "How much each may touch.",
    "approvals.alone.at_most": "How many changes in one run.",
    "approvals.alone.confirm_within": "By when a second person has to confirm.",
    "approvals.security_keys": "What is asked of security keys and passkeys.",
    "approvals.security_keys.user_presence": "Somebody touched it.",
    "approvals.security_keys.user_verification": "It checked a PIN or fingerprint.",
    "approvals.webauthn_origins": "Pages on which passkeys may sign.",
    "trail": "Where the trail is, and the key that signs it.",
    "trail.path": "Its directory, inside the workspace.",
    "trail.key": "`file:PATH` (mode 0600), `agent:SHA256:…`, or `awskms:ARN` of a key or alias; "
    "Ed25519, and no security key.",
    "trail.kms": "How a key in AWS KMS is reached; see [keep the trail's key in "
    "KMS](../how-to/trail-key-in-kms.md).",
    "trail.kms.source": "Where the first credentials come from, as for a connection.",
    "trail.kms.role": "A role to assume in the key's account; left out, the first credentials "
    "must be that account's.",
    "trail.kms.endpoint_url": "Another endpoint; a drill needs one.",
    "trail.next": "The key that is to sign it after `irkit trail rotate`, in the same form.",
    "plan_valid": "How long a plan and its approvals count at most.",
    "in_doubt_wait": "When a look is trusted after an interruption; else as each action says.",
    "hold": "When irkit looks again after the last change.",
    "hold.looks": "The moments of the looks, counted from the last change.",
    "hold.watch": "How long it watches in all.",
    "seats": "Drills only: reference to the intruder's credentials.",
    "least_privilege": "`true`: a right that a connection does not declare is an error in lint. "
    "`session`: besides, role sessions and access tokens are reduced to what each is needed for.",
}
"""Keys of `irkit.yaml` by their path. `NAME` is a name of your own, `NEED` any need."""

SECRETS: Final = {
    "env:NAME": "A variable of the environment.",
    "file:PATH": "A file of mode 0600; a relative path starts at the workspace.",
    "keyring:SERVICE/NAME": "The keyring of whoever runs irkit; it needs the extra `keyring`.",
    "aws-secretsmanager:ARN": "AWS Secrets Manager, in an account that a connection pins. A bare "
    "name will do where there is one account and one region; `#KEY` after it picks one value of a "
    "JSON secret. Not for AWS's own credentials.",
}
"""What may stand where a secret is wanted."""

ROLES: Final = {
    "irkit": "Version of the format: `1`.",
    "roles": "Each role and its members, named as in allowed_signers.",
    "people": "What is known of a person besides the key.",
    "people.NAME.name": "How they are called.",
    "people.NAME.reach": "How to reach them at night.",
    "people.NAME.depends_on_idp": "Whether that needs the identity provider to be up.",
}
"""Keys of `roles.yaml`."""

VARIABLES: Final = {
    "IRKIT_WORKSPACE": "The workspace, where `--workspace` is not given.",
    "IRKIT_AS": "Who you are, as in allowed_signers, where `--as` is not given.",
    "IRKIT_KEY": "The key you sign with, where `--key` is not given.",
    "SSH_AUTH_SOCK": "The ssh-agent that holds your key, or the trail's.",
    "NO_COLOR": "Anything in it: no colour.",
}
"""Environment variables."""
