"""Lists: pages and their two links, search and filter, and the System Log's cursor."""

from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from okta_org import START, Org

from irkit.canonical import Json
from irkit.world.okta import expressions
from irkit.world.okta.errors import OktaError


def walk(org: Org, path: str) -> list[str]:
    """Follow the next links and return the ids of all pages."""
    found: list[str] = []
    while path:
        answer = org.get(path)
        assert answer.status == 200, answer.body
        found += [str(item["id"]) for item in answer.items]
        path = answer.link("next")
    return found


def test_pages_have_two_separate_links_and_lose_nobody(org: Org) -> None:
    """Self and next come in two `link` headers; the last page has no next."""
    for number in range(10):
        org.state.add_user(f"user{number}@acme.test")
    first = org.get("/api/v1/users?limit=5")
    assert len(first.all("link")) == 2
    assert first.link("self") == f"{org.url}/api/v1/users?limit=5"
    assert walk(org, "/api/v1/users?limit=5") == list(org.tables.users)
    assert len(org.get("/api/v1/users?limit=12").all("link")) == 1


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_a_limit_that_is_no_positive_number_is_refused(org: Org, limit: str) -> None:
    """A wrong limit is E0000001, a cursor from nowhere E0000031."""
    assert org.get(f"/api/v1/users?limit={limit}").code == "E0000001"
    assert org.get("/api/v1/users?after=00uNobody").code == "E0000031"


@pytest.mark.parametrize(
    ("query", "logins"),
    [
        ({"search": 'profile.login eq "MALLORY@acme.test"'}, ["mallory@acme.test"]),
        ({"search": 'profile.login sw "mal"'}, ["mallory@acme.test"]),
        ({"search": 'status eq "SUSPENDED" or profile.email sw "ir@"'}, ["ir@acme.test", "s@x.y"]),
        ({"search": 'not (status eq "ACTIVE") and id pr'}, ["s@x.y", "gone@x.y"]),
        ({"filter": 'status eq "DEPROVISIONED"'}, ["gone@x.y"]),
        ({"search": 'profile.department eq "Finance"'}, ["s@x.y"]),
        ({"search": 'lastUpdated gt "2026-03-01T12:00:00.000Z"'}, ["gone@x.y"]),
        ({"q": "mal"}, ["mallory@acme.test"]),
        ({"q": "gone"}, []),
    ],
)
def test_users_are_found_by_search_filter_and_q(
    org: Org, query: dict[str, str], logins: list[str]
) -> None:
    """The expressions responders use find the users they mean; `q` leaves out the deactivated."""
    suspended = org.state.add_user("s@x.y", profile=(("department", "Finance"),))
    org.post(org.user_path(suspended, "/lifecycle/suspend"))
    org.clock.move(seconds=5)
    gone = org.state.add_user("gone@x.y")
    org.post(org.user_path(gone, "/lifecycle/deactivate"))
    found = org.get(f"/api/v1/users?{urlencode(query)}").items
    profiles = [item["profile"] for item in found]
    assert [profile["login"] for profile in profiles if isinstance(profile, dict)] == logins


def test_users_are_found_by_login_short_login_and_id(org: Org) -> None:
    """A user is reached by id, by login in any case, and by an unambiguous short login."""
    for reference in (org.mallory, "mallory@acme.test", "MALLORY@ACME.TEST", "mallory"):
        assert org.get(org.user_path(quote(reference))).object["id"] == org.mallory
    org.state.add_user("mallory@other.test")
    assert org.get("/api/v1/users/mallory").code == "E0000007"


@pytest.mark.parametrize(
    "text",
    ["", "status", "status eq", "status is x", "(status eq x", "a b c d", 'a eq "x', "a eq x)"],
)
def test_a_text_that_is_no_expression_is_refused(text: str) -> None:
    """What cannot be read is E0000031, never everything or nothing."""
    with pytest.raises(OktaError) as refusal:
        expressions.parse(text)
    assert refusal.value.problem.code == "E0000031"


def test_expressions_know_booleans_times_and_other_values() -> None:
    """Booleans compare as texts, times with and without milliseconds, numbers as texts."""
    lookup = expressions.lookup_json({"on": True, "at": "2026-03-01T12:00:00Z", "none": None})
    assert expressions.parse("on eq true")(lookup)
    assert expressions.parse('at ge "2026-03-01T12:00:00.000Z" and at le "2026-03-02"')(lookup)
    assert expressions.parse('at lt "2026-03-01T12:00:00.001Z" and at ew "Z"')(lookup)
    assert not expressions.parse("none pr or missing pr")(lookup)
    assert not expressions.parse('none.below eq "x"')(lookup)


_words = st.text(min_size=1, max_size=8)


@given(value=_words, other=_words)
def test_expressions_compare_as_python_does(value: str, other: str) -> None:
    """Quoted texts survive, whatever they hold, and the operators mean what they say."""
    quoted = other.replace("\\", "\\\\").replace('"', '\\"')
    lookup = expressions.lookup_json({"a": {"b": [{"c": value}]}})
    for operator, expected in (
        ("eq", value == other),
        ("ne", value != other),
        ("sw", value.startswith(other)),
        ("co", other in value),
    ):
        assert expressions.parse(f'a.b.c {operator} "{quoted}"')(lookup) is expected


def test_group_and_application_lists_are_filtered(org: Org) -> None:
    """Groups by `q` and `search`, applications by `q`, name and assigned user."""
    admins = org.state.add_group("Admins")
    org.state.add_group("Everyone else")
    assert walk(org, "/api/v1/groups?q=adm") == [admins]
    search = urlencode({"search": 'profile.name eq "Admins" and type eq "OKTA_GROUP"'})
    assert walk(org, f"/api/v1/groups?{search}") == [admins]
    org.state.assign_app(org.aws, org.mallory)
    mail = org.state.add_app("mail", "Mail")
    assert walk(org, "/api/v1/apps?q=AWS") == [org.aws]
    assert set(walk(org, "/api/v1/apps?limit=1")) == {org.aws, mail}
    by_user = urlencode({"filter": f'user.id eq "{org.mallory}"'})
    assert walk(org, f"/api/v1/apps?{by_user}") == [org.aws]


def _make_events(org: Org, count: int) -> None:
    for _ in range(count):
        org.clock.move(seconds=1)
        verb = "suspend" if org.status(org.mallory) == "ACTIVE" else "unsuspend"
        assert org.post(org.user_path(org.mallory, f"/lifecycle/{verb}")).status == 200


def test_polling_the_log_delivers_each_event_once_and_never_ends(org: Org) -> None:
    """There is always a next link; behind it come the events that happened since."""
    _make_events(org, 5)
    seen: list[Json] = []
    path = "/api/v1/logs?limit=2"
    for _ in range(4):
        answer = org.get(path)
        seen += [item["uuid"] for item in answer.items]
        path = answer.link("next")
        assert path
    assert len(seen) == len(set(map(str, seen))) == 5
    assert org.get(path).items == []
    _make_events(org, 1)
    fresh = org.get(path)
    assert [item["eventType"] for item in fresh.items] == ["user.lifecycle.unsuspend"]


def test_polling_an_empty_log_finds_the_first_event(org: Org) -> None:
    """A cursor taken before anything happened misses nothing."""
    path = org.get("/api/v1/logs").link("next")
    _make_events(org, 1)
    assert len(org.get(path).items) == 1


def test_a_bounded_query_ends(org: Org) -> None:
    """With `until` the last page has no next link, and the window is half-open."""
    _make_events(org, 6)
    window = {
        "since": (START + timedelta(seconds=2)).isoformat(),
        "until": (START + timedelta(seconds=5)).isoformat(),
        "limit": "2",
    }
    first = org.get(f"/api/v1/logs?{urlencode(window)}")
    second = org.get(first.link("next"))
    assert (len(first.items), len(second.items), second.link("next")) == (2, 1, "")
    times = [item["published"] for item in (*first.items, *second.items)]
    assert times == [f"2026-03-01T12:00:0{second}.000Z" for second in (2, 3, 4)]


def test_descending_order_starts_with_the_newest(org: Org) -> None:
    """DESCENDING pages run backwards and end."""
    _make_events(org, 3)
    first = org.get("/api/v1/logs?sortOrder=DESCENDING&limit=2")
    second = org.get(first.link("next"))
    times = [str(item["published"]) for item in (*first.items, *second.items)]
    assert times == sorted(times, reverse=True)
    assert (len(times), second.link("next")) == (3, "")


def test_log_filters_reach_into_lists(org: Org) -> None:
    """`target.id` holds when one of the targets has the id."""
    _make_events(org, 2)
    wanted = f'eventType sw "user.lifecycle" and target.id eq "{org.mallory}"'
    assert len(org.get(f"/api/v1/logs?{urlencode({'filter': wanted})}").items) == 2
    other = f'target.id eq "{org.responder}"'
    assert org.get(f"/api/v1/logs?{urlencode({'filter': other})}").items == []
    assert len(org.get("/api/v1/logs?q=unsuspend").items) == 1
    assert org.get("/api/v1/logs?since=yesterday").code == "E0000001"


def test_events_say_who_did_what_to_whom_from_where(org: Org) -> None:
    """An event has actor, client, target, outcome and the request id of the call."""
    headers = {"x-forwarded-for": "198.51.100.7", "user-agent": "irkit/1 run/42"}
    call = org.send("POST", org.user_path(org.mallory, "/lifecycle/suspend"), headers=headers)
    (event,) = org.get("/api/v1/logs").items
    actor, client, transaction = event["actor"], event["client"], event["transaction"]
    assert isinstance(actor, dict)
    assert isinstance(client, dict)
    assert isinstance(transaction, dict)
    assert actor["alternateId"] == "ir@acme.test"
    assert client["ipAddress"] == "198.51.100.7"
    assert client["userAgent"] == {
        "rawUserAgent": "irkit/1 run/42",
        "os": "Unknown",
        "browser": "irkit",
    }
    assert transaction["id"] == call.header("x-okta-request-id")
    assert event["outcome"] == {"result": "SUCCESS", "reason": None}


def test_a_lagging_log_shows_events_late_and_in_order(org: Org) -> None:
    """What the log cannot show yet is not absent: it comes with its own time of happening."""
    org.state.log.lag = timedelta(seconds=30)
    _make_events(org, 1)
    path = org.get("/api/v1/logs").link("next")
    org.clock.move(seconds=29)
    assert org.get(path).items == []
    org.clock.move(seconds=1)
    (event,) = org.get(path).items
    assert event["published"] == "2026-03-01T12:00:01.000Z"


def test_reads_leave_no_event_and_refusals_do(org: Org) -> None:
    """As in the real service; what was read stands in the call log."""
    org.get("/api/v1/users")
    assert org.events() == []
    org.state.assign_role(org.mallory, "READ_ONLY_ADMIN")
    auth = f"SSWS {org.state.add_token(org.mallory)}"
    org.send("POST", org.user_path(org.responder, "/lifecycle/suspend"), auth=auth)
    assert org.events() == ["security.request.blocked"]
    assert [call.write for call in org.world.calls.all()] == [False, True]
