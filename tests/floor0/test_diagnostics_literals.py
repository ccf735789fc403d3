"""What looks like a secret, and what does not."""

import pytest

from irkit.diagnostics.literals import looks_secret, mask_secrets

_OKTA = "00" + "aB3-xY_9z0" * 4
_AWS = "wJalrXUtnFEMIK7MDENGbPxRfiCYzEXAMPLEKEYa"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (_OKTA, "an Okta API token"),
        (f"SSWS {_OKTA}", "an authorization header"),
        (_AWS, "an AWS secret access key"),
        ("-----BEGIN RSA PRIVATE KEY-----", "a private key"),
        ("-----BEGIN PRIVATE KEY-----", "a private key"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdef", "a JSON Web Token"),
        ("ghp_" + "a1B2" * 9, "a GitHub token"),
        ("xoxb-1234567890-abcdef", "a Slack token"),
        ("https://bob:hunter2@example.org/", "a password in a URL"),
    ],
)
def test_known_shapes_are_recognised(text: str, name: str) -> None:
    """Each format has its name, inside other text as well."""
    assert looks_secret(text) == name
    assert looks_secret(f"before {text} after") == name
    assert text not in mask_secrets(f"before {text} after")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AKIAIOSFODNN7EXAMPLE",
        "arn:aws:iam::012345678901:role/irkit-read",
        "00u1a2b3c4D5e6f7g8h9",
        "sha256:" + "ab12" * 16,
        "a" * 40,
        "0123456789abcdef0123456789abcdef01234567",
        "env:OKTA_KEY",
        "file:.irkit/keys/okta-token",
        "https://acme.okta.com/admin",
        "https://example.org/@someone",
        "SessionsOnTheseRolesStartAgainWithNewCreds",
    ],
)
def test_ids_digests_and_references_are_no_secrets(text: str) -> None:
    """What playbooks are full of passes."""
    assert looks_secret(text) == ""
    assert mask_secrets(text) == text


def test_masking_keeps_the_length() -> None:
    """Columns stay where they were."""
    text = f"token: {_OKTA} # x"
    assert len(mask_secrets(text)) == len(text)
