"""The account in front of the host: left where there is such a host, gone before an address."""

from types import SimpleNamespace

import pytest

from irkit.providers.aws.addresses import is_address, without_account


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        ("http://127.0.0.1:5000", True),
        ("http://[::1]:5000", True),
        ("https://s3-control.us-east-1.amazonaws.com", False),
        ("http://localhost:5000", False),
        ("", False),
        (None, False),
    ],
)
def test_only_an_address_is_one(endpoint: str | None, expected: bool) -> None:
    """A name is none, and no endpoint at all is none."""
    assert is_address(endpoint) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "http://111122223333.127.0.0.1:5000/v20180820/x?a=b",
            "http://127.0.0.1:5000/v20180820/x?a=b",
        ),
        ("http://127.0.0.1:5000/v20180820/x", "http://127.0.0.1:5000/v20180820/x"),
        (
            "https://111122223333.s3-control.us-east-1.amazonaws.com/x",
            "https://111122223333.s3-control.us-east-1.amazonaws.com/x",
        ),
    ],
)
def test_only_an_account_before_an_address_goes(url: str, expected: str) -> None:
    """The rest of the request stays as it is, and so do AWS's own hosts."""
    request = SimpleNamespace(url=url)
    without_account(request, operation_name="GetPublicAccessBlock")
    assert request.url == expected
