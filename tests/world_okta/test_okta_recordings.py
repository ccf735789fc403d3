"""The simulated org answers recorded requests as the real service did: status, code, headers."""

import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from okta_description import DATA
from okta_org import Org

from irkit.world.okta.records import Role
from irkit.world.okta.routing import load

PAIRS = DATA / "recordings" / "pairs.jsonl.gz"
_MISSING = re.compile(r"Resource not found: (\S+) \(")
_COMPARED = {
    "cache-control",
    "content-type",
    "date",
    "link",
    "x-okta-request-id",
    "x-rate-limit-limit",
    "x-rate-limit-remaining",
    "x-rate-limit-reset",
}
# Recorded with both answers; the simulator gives the more frequent one (43 × 200 `{}`).
_BOTH_WAYS = {("POST /api/v1/users/{id}/lifecycle/deactivate", 204)}
# A 200 without a body, recorded twice against 65 × `{}`.
_SELDOM = "POST /api/v1/apps/{appId}/lifecycle/deactivate"


def _pairs() -> Iterator[Any]:
    """Return one recorded pair per operation, status and error code that the simulator has."""
    if not PAIRS.exists():
        yield pytest.param({}, marks=pytest.mark.skip(reason="the recorded pairs are not here"))
        return
    known = {route.operation for route in load()}
    seen = set()
    with gzip.open(PAIRS, "rt") as lines:
        for line in lines:
            pair = json.loads(line)
            body = pair["response_body"]
            code = body.get("errorCode") if isinstance(body, dict) else None
            key = (pair["operation"], pair["status"], code)
            if pair["operation"] not in known or key in seen or key[:2] in _BOTH_WAYS:
                continue
            if pair["operation"] == _SELDOM and body is None:
                continue
            seen.add(key)
            yield pytest.param(pair, id=f"{pair['operation']} → {pair['status']}")


def _rekeyed(table: dict[str, Any], old: str, new: str) -> None:
    table[new] = replace(table.pop(old), id=new)


def _user(org: Org, key: str) -> None:
    old = org.state.add_user(f"{key}@acme.test", password="x")
    _rekeyed(org.tables.users, old, key)
    org.tables.logins[f"{key}@acme.test"] = key


def _group(org: Org, key: str) -> None:
    _rekeyed(org.tables.groups, org.state.add_group(f"group {key}"), key)
    org.tables.members[key] = {}


def _app(org: Org, key: str) -> None:
    _rekeyed(org.tables.apps, org.state.add_app("bookmark", f"app {key}"), key)


def _rule(org: Org, key: str) -> None:
    _rekeyed(org.tables.rules, org.state.add_group_rule(f"rule {key}", "", ()), key)


def _token(org: Org, key: str) -> None:
    old = org.state.token_id(org.state.add_token(org.responder))
    _rekeyed(org.tables.api_tokens, old, key)


def _session(org: Org, key: str) -> None:
    _rekeyed(org.tables.sessions, org.state.start_session(org.responder), key)


def _device(org: Org, key: str) -> None:
    _rekeyed(org.tables.devices, org.state.add_device("d", "MACOS", (org.mallory,)), key)


def _document(kind: str) -> Callable[[Org, str], None]:
    def make(org: Org, key: str) -> None:
        org.tables.documents.setdefault(kind, {})[key] = {"status": "ACTIVE", "name": key}

    return make


_MAKERS: Mapping[str, Callable[[Org, str], None]] = {
    "id": _user,
    "userId": _user,
    "groupId": _group,
    "targetGroupId": _group,
    "appId": _app,
    "groupRuleId": _rule,
    "apiTokenId": _token,
    "sessionId": _session,
    "deviceId": _device,
    "zoneId": _document("zones"),
    "idpId": _document("idps"),
    "policyId": _document("policies"),
    "logStreamId": _document("logStreams"),
    "inlineHookId": _document("inlineHooks"),
    "trustedOriginId": _document("trustedOrigins"),
}


def _inner(org: Org, params: Mapping[str, str]) -> None:
    """Make what hangs on the objects of the path: factors, roles, rules, grants, assignments."""
    user, group = params.get("userId", ""), params.get("groupId", "")
    if factor := params.get("factorId"):
        made = org.state.add_factor(user, "sms")
        _rekeyed(org.tables.factors[user], made, factor)
    if role := params.get("roleAssignmentId"):
        targets = (params.get("targetGroupId", group),)
        org.tables.roles[user or group] = {
            role: Role(
                id=role,
                kind="USER_ADMIN",
                label="User Administrator",
                assigned_as="USER",
                created=org.clock(),
                group_targets=targets,
            )
        }
    if rule := params.get("ruleId"):
        rules = org.tables.rules_of_policies.setdefault(params["policyId"], {})
        rules[rule] = {"name": "rule", "status": "ACTIVE"}
    if secret := params.get("secretId"):
        secrets = org.tables.documents.setdefault(f"client_secrets/{params['appId']}", {})
        secrets[secret] = {"status": "INACTIVE"}
    if (grant := params.get("grantId")) and (app := params.get("appId")):
        org.tables.apps[app] = replace(org.tables.apps[app], client_id=app)
        _rekeyed(org.tables.grants, org.state.add_grant("", app, "okta.x"), grant)
    if app := params.get("appId"):
        for assignee in filter(None, (user, group)):
            org.state.assign_app(app, assignee)


def _prepare(org: Org, pair: Mapping[str, Any]) -> None:
    template = pair["operation"].split(" ", 1)[1]
    named = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
    match = re.fullmatch(named, pair["path"].rstrip("/"))
    assert match is not None
    body = pair["response_body"]
    summary = body.get("errorSummary", "") if isinstance(body, dict) else ""
    found = _MISSING.search(summary)
    missing = found[1] if found else ""
    params = {key: value for key, value in match.groupdict().items() if value != missing}
    for name, key in params.items():
        if name in _MAKERS:
            _MAKERS[name](org, key)
    _inner(org, params)


@pytest.mark.parametrize("pair", tuple(_pairs()))
def test_a_recorded_request_gets_the_recorded_kind_of_answer(
    org: Org, pair: Mapping[str, Any]
) -> None:
    """Status, error code and header names are those that were recorded from a real org."""
    _prepare(org, pair)
    recorded = pair["response_body"]
    body = pair["request_body"]
    if body is None and isinstance(recorded, dict) and "errorCode" not in recorded:
        body = recorded if pair["method"] in {"POST", "PUT"} else None
    path = pair["path"] + (f"?{pair['query']}" if pair["query"] else "")
    answer = org.send(pair["method"], path, body)
    assert answer.status == pair["status"], answer.body
    if isinstance(recorded, dict) and "errorCode" in recorded:
        assert answer.code == recorded["errorCode"]
        assert answer.object.keys() == recorded.keys()
    sent = {name for name, _ in answer.headers}
    expected = set(pair["response_headers"]) & _COMPARED
    assert expected <= sent
    assert ("link" in sent) == ("link" in expected)
    assert "retry-after" not in sent
