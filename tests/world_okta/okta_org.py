"""A simulated org for the tests: a movable clock, a responder with a token, and a plain client."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from irkit.canonical import Json
from irkit.world.calls import CallLog
from irkit.world.faults import Fault, FaultKind, FaultPlan
from irkit.world.okta.limits import RateLimits
from irkit.world.okta.pipeline import OktaWorld
from irkit.world.okta.server import OktaServer
from irkit.world.okta.state import OktaState
from irkit.world.stale import ReadHistory

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ROLE = "arn:aws:iam::111111111111:role/Developer,arn:aws:iam::111111111111:saml-provider/okta"


class MovableClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One response: status, headers in order as sent, body as sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def json(self) -> Json:
        value: Json = json.loads(self.body)
        return value

    @property
    def object(self) -> Mapping[str, Json]:
        assert isinstance(self.json, dict), self.body
        return self.json

    @property
    def items(self) -> list[Mapping[str, Json]]:
        assert isinstance(self.json, list), self.body
        return [item for item in self.json if isinstance(item, dict)]

    @property
    def code(self) -> str:
        return str(self.object["errorCode"])

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def header(self, name: str) -> str:
        (value,) = self.all(name)
        return value

    def link(self, relation: str) -> str:
        wanted = f'; rel="{relation}"'
        found = [value for value in self.all("link") if value.endswith(wanted)]
        return found[0].removesuffix(wanted).strip("<>") if found else ""


class Org:
    """A running org with a responder (super admin, API token) and Mallory (password `hunter2`)."""

    def __init__(self) -> None:
        self._fill()
        self.world = OktaWorld(state=self.state, calls=CallLog(), faults=FaultPlan())
        self.server = OktaServer(self.world)
        self.url = self.server.start()

    def renew(self) -> None:
        """Forget everything: as a new org, at the address of the old one."""
        self._fill()
        self.world.state = self.state
        self.world.calls = CallLog()
        self.world.faults = FaultPlan()
        self.world.limits = RateLimits()
        self.world.reads = ReadHistory()
        self.world.latency = 0.0
        self.server.proxy.set_dead(False)

    def _fill(self) -> None:
        self.clock = MovableClock()
        self.state = OktaState(seed=11, clock=self.clock)
        self.tables = self.state.tables
        self.responder = self.state.add_user("ir@acme.test", "Ida", "Responder")
        self.state.assign_role(self.responder, "SUPER_ADMIN")
        self.token = self.state.add_token(self.responder, "irkit")
        self.mallory = self.state.add_user(
            "mallory@acme.test", "Mallory", "Intruder", password="hunter2"
        )
        self.aws = self.state.add_app("amazon_aws", "AWS", settings={"sessionDuration": 3600})

    def stop(self) -> None:
        self.server.stop()

    def send(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        auth: str | None = None,
        headers: Mapping[str, str] | None = None,
        form: str = "",
        timeout: float = 5.0,
    ) -> Answer:
        """Send one request on a connection of its own; `auth` replaces the responder's token."""
        sent = {"authorization": f"SSWS {self.token}" if auth is None else auth}
        sent = {key: value for key, value in sent.items() if value} | dict(headers or {})
        content = form or (None if body is None else json.dumps(body))
        address = urlsplit(self.url)
        path = path.removeprefix(self.url)
        connection = http.client.HTTPConnection(address.netloc, timeout=timeout)
        try:
            connection.request(method, path, content, sent)
            response = connection.getresponse()
            content_read = response.read()
            return Answer(
                status=response.status,
                headers=tuple(response.getheaders()),
                body=content_read,
            )
        finally:
            connection.close()

    def get(self, path: str, *, auth: str | None = None) -> Answer:
        return self.send("GET", path, auth=auth)

    def post(self, path: str, body: Json = None) -> Answer:
        return self.send("POST", path, body)

    def send_form(self, path: str, form: str) -> Answer:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, auth="", headers=headers, form=form)

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)

    def with_session(self, sid: str, method: str, path: str, body: Json = None) -> Answer:
        return self.send(method, path, body, auth="", headers={"cookie": f"sid={sid}"})

    def user_path(self, user_id: str, rest: str = "") -> str:
        return f"/api/v1/users/{user_id}{rest}"

    def break_next(
        self,
        kind: FaultKind,
        operation: str = "*",
        *,
        seconds: float = 0.0,
        applied: bool = False,
        times: int = 1,
    ) -> None:
        self.world.faults.add(
            Fault(
                kind=kind,
                provider="okta",
                operation=operation,
                seconds=seconds,
                applied=applied,
                times=times,
            )
        )

    def status(self, user_id: str) -> str:
        return str(self.tables.users[user_id].status)

    def events(self) -> list[str]:
        return [str(entry.json["eventType"]) for entry in self.state.log.entries]
