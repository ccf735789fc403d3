"""Groups, buckets, databases, keys, secrets and snapshots in the state of the simulated AWS.

By account and name, where the name is the owner's own; the id otherwise.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Final, cast

from irkit.canonical import Json, JsonObject

Things = Iterator[tuple[str, JsonObject]]

_CERTIFICATE: Final = re.compile(r"X509Certificate>([^<]+)<")
_CURRENT: Final = "AWSCURRENT"
_ALL_BLOCKED: Final = frozenset({"True", "true"})


def _regions(accounts: JsonObject, service: str) -> Iterator[tuple[str, JsonObject]]:
    """Yield what each account has of a service, region by region."""
    for account, content in accounts.items():
        for region in _object(cast("JsonObject", content), service).values():
            yield account, cast("JsonObject", region)


def _groups(accounts: JsonObject) -> Things:
    for account, groups in _regions(accounts, "autoscaling"):
        for name, group in groups.items():
            yield f"{account}/{name}", _part(group, "sizes", "suspended")


def _buckets(accounts: JsonObject) -> Things:
    for account, content in accounts.items():
        for name, bucket in _object(cast("JsonObject", content), "s3").items():
            facts = cast("JsonObject", bucket)
            yield (
                f"{account}/{name}",
                {
                    "public_access": _blocked(facts.get("public_access")),
                    "versions": facts.get("versions"),
                    "lifecycle": facts.get("lifecycle"),
                    "replication": facts.get("replication"),
                },
            )


def _blocked(block: Json) -> str:
    """Say in one word whether a bucket shuts the public out."""
    switches = set(block.values()) if isinstance(block, Mapping) else set()
    return "blocked" if switches and switches <= _ALL_BLOCKED else "open"


def _databases(accounts: JsonObject) -> Things:
    for account, content in _regions(accounts, "rds"):
        for name, database in _object(content, "databases").items():
            yield f"{account}/{name}", cast("JsonObject", database)


def _accounts(accounts: JsonObject) -> Things:
    for account, content in accounts.items():
        whole = cast("JsonObject", content)
        switches = [
            str(_object(region, "account").get("Snapshot"))
            for _, region in _regions({account: whole}, "ec2")
        ]
        yield (
            account,
            {
                "public_buckets": _blocked(whole.get("s3control")),
                "public_snapshots": tuple(sorted(set(switches))),
            },
        )


def _keys(accounts: JsonObject) -> Things:
    for account, keys in _regions(accounts, "kms"):
        for id_, key in keys.items():
            name = cast("JsonObject", key).get("description") or id_
            yield f"{account}/{name}", _part(key, "state", "grants")


def _roots(accounts: JsonObject) -> Things:
    for account, content in accounts.items():
        root = _object(cast("JsonObject", content), "root")
        named = {kind: tuple(_object(root, kind)) for kind in ("keys", "certificates")}
        yield account, {**root, **named}


def _saml_providers(accounts: JsonObject) -> Things:
    """Yield the providers with the digest of the certificate by which each is believed."""
    for account, content in accounts.items():
        providers = _object(_object(cast("JsonObject", content), "iam"), "saml_providers")
        for name, metadata in providers.items():
            found = _CERTIFICATE.search(str(metadata))
            digest = sha256(found[1].encode()).hexdigest()[:16] if found else ""
            yield f"{account}/{name}", {"certificate": digest}


def _secrets(accounts: JsonObject) -> Things:
    for account, secrets in _regions(accounts, "secretsmanager"):
        for name, secret in secrets.items():
            stages = _object(cast("JsonObject", secret), "stages")
            current = [
                version for version, held in stages.items() if _CURRENT in cast("list[str]", held)
            ]
            policy = cast("JsonObject", secret).get("policy")
            yield f"{account}/{name}", {"policy": policy, "current": tuple(current)}


def snapshots(accounts: JsonObject, names: Mapping[str, str]) -> Things:
    """Yield snapshots and images, by the names that they were given."""
    for account, content in _regions(accounts, "ec2"):
        for id_, shared in _object(content, "shared").items():
            yield f"{account}/{names.get(id_, id_)}", {"shared": shared}


def _part(thing: Json, *keys: str) -> JsonObject:
    facts = cast("JsonObject", thing)
    return {key: facts.get(key) for key in keys}


def _object(value: JsonObject, key: str) -> JsonObject:
    return cast("JsonObject", value.get(key) or {})


RESOURCES: Final[Mapping[str, Callable[[JsonObject], Things]]] = MappingProxyType(
    {
        "aws.account": _accounts,
        "aws.auto_scaling_group": _groups,
        "aws.bucket": _buckets,
        "aws.database": _databases,
        "aws.kms_key": _keys,
        "aws.root": _roots,
        "aws.saml_provider": _saml_providers,
        "aws.secret": _secrets,
    }
)
"""How each kind is looked at."""
