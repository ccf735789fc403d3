"""The pages over real HTTP: who comes in, what forms record, and what gets no answer."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from table import Table, Visitor

from irkit.diagnostics import IrkitError
from irkit.drill.pages.address import Address, address, listening
from irkit.drill.pages.deeds import DEEDS, DONE
from irkit.drill.pages.doors import PROJECTOR, Doors, Holder, secret_in
from irkit.drill.pages.guesses import IN_ALL, PER_CALLER, Guesses
from irkit.drill.pages.participant import RIGHTS
from irkit.drill.record.kinds import Ending
from irkit.drill.scenario.model import Style


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """A tabletop that Dana leads."""
    return Table(tmp_path)


@pytest.fixture
def url(table: Table) -> Iterator[str]:
    """Where its pages are served."""
    with table.open() as url:
        yield url


def test_who_gives_a_code_comes_in_under_a_name(table: Table, url: str) -> None:
    """The role is taken once, however often somebody comes back; every page says EXERCISE."""
    mia = table.join(url, "commander", "Mia  Lang")
    page = mia.get("/role/commander")
    assert "<title>[EXERCISE] commander" in page.text
    assert "Mia Lang" in page.text
    table.join(url, "commander", "Mia Lang")
    assert table.drill.role_of["Mia Lang"] == ("commander",)
    assert "[EXERCISE]" in Visitor(url).get("/").text


def test_a_code_is_read_as_people_write_it(table: Table, url: str) -> None:
    """Small letters, blanks and dashes do not matter; which role it is, the code says."""
    said = table.code("comms").lower().replace("-", " ")
    page = Visitor(url).post("/", {"code": said, "name": "Paul"})
    assert page.url.endswith("/role/comms")


def test_a_cookie_is_for_one_role_and_no_script(table: Table, url: str) -> None:
    """A browser may hold several roles, and shows each only where it belongs."""
    visitor = table.join(url, "comms", "Paul")
    (cookie,) = visitor.jar
    assert cookie.path == "/role/comms"
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "strict"
    assert visitor.get("/role/commander").url.endswith("/")
    other = f"irkit-drill={cookie.value}"
    assert Visitor(url).get("/role/commander", cookie=other).url.endswith("/")
    assert Visitor(url).get("/projector", cookie=other).url.endswith("/")


@pytest.mark.parametrize("path", ["/role/comms", "/role/nobody", "/role/comms/pulse", "/projector"])
def test_without_a_code_there_is_only_the_door(url: str, path: str) -> None:
    """Nothing of the exercise is seen from outside."""
    page = Visitor(url).get(path)
    assert page.url == f"{url}/"
    assert "contractor" not in page.text


def test_wrong_codes_are_counted_and_the_right_one_is_not_found_by_trying(
    table: Table, url: str
) -> None:
    """After some tries in a minute not even the right code gets in; a minute later it does."""
    visitor = Visitor(url)
    for _ in range(PER_CALLER):
        page = visitor.post("/", {"code": "AAAA-AAAA", "name": "Eve"})
        assert page.status == 403
        assert "none of this exercise" in page.text
    page = visitor.post("/", {"code": table.code("comms"), "name": "Eve"})
    assert page.status == 429
    assert page.headers["retry-after"] == "60"
    assert "Eve" not in table.drill.role_of
    table.tried_at += 61
    table.join(url, "comms", "Eve")


def test_all_callers_together_have_few_tries() -> None:
    """Many addresses do not help, and a right code takes back its own try alone."""
    tries = Guesses(lambda: 0.0)
    assert all(tries.begin(f"10.0.0.{number}") for number in range(IN_ALL))
    assert not tries.begin("10.0.1.1")
    tries.right("10.0.0.1")
    assert tries.begin("10.0.1.1")


def test_who_has_a_code_cannot_try_for_another_role_for_ever(table: Table, url: str) -> None:
    """Giving the own code between guesses does not make the guesses forgotten."""
    eve = Visitor(url)
    own = {"code": table.code("comms"), "name": "Eve"}
    tried = []
    for _ in range(PER_CALLER + 2):
        tried.append(eve.post("/", {"code": "AAAA-AAAA", "name": "Eve"}).status)
        tried.append(eve.post("/", own).status)
    assert tried.count(403) == PER_CALLER
    assert tried[-1] == 429


@pytest.mark.parametrize("name", ["", "   ", "dana@acme.example"])
def test_a_name_is_needed_and_not_the_facilitators(table: Table, url: str, name: str) -> None:
    """Nobody writes as the one who leads; and nobody writes as nobody."""
    page = Visitor(url).post("/", {"code": table.code("commander"), "name": name})
    assert page.status == 422
    assert table.drill.role_of.keys() == {"dana@acme.example"}


def test_forms_record_what_the_commands_record(table: Table, url: str) -> None:
    """Each form is one record, by the name and in the role of whoever sent it."""
    mia = table.join(url, "commander", "Mia")
    paul = table.join(url, "comms", "Paul")
    table.tell("I7")
    table.later(90)
    assert mia.act("commander", "declare", text="odd\npushes").url.endswith("?done=declare")
    assert mia.act("commander", "decide", decision="D1", option="refuse").status == 200
    mia.act("commander", "answer", question="Q3", answers="203.0.113.66,\n10.0.0.1 ,")
    assert mia.act("commander", "note", text="nobody <rang>").status == 200
    assert mia.act("commander", "claim", sure="yes").status == 200
    assert paul.act("comms", "post", audience="press", text="We look into it.").status == 200
    assert "Hint, for 2 points" in paul.act("comms", "hint").text
    drill = table.drill
    assert (drill.declared[0].by, drill.declared[0].text) == ("Mia", "[EXERCISE] odd pushes")
    assert drill.declared[0].t == 90
    assert (drill.decided[0].about, drill.decided[0].text) == ("D1", "refuse")
    assert drill.answered[0].answers == ("203.0.113.66", "10.0.0.1")
    assert drill.notes[0].text == "nobody <rang>"
    assert "nobody &lt;rang&gt;" in mia.get("/role/commander").text
    assert (drill.posts[0].by, drill.posts[0].about) == ("Paul", "press")
    said = [record for record in table.journal.records if record.type == "drill.said_contained"]
    assert [(record.actor.id, record.actor.auth) for record in said] == [("Mia", "role-code")]


def test_a_yes_by_voice_takes_the_words_that_only_the_approver_sees(table: Table, url: str) -> None:
    """Ola asks, Ines reads, Ola records; it signs nothing, and other words are refused."""
    ola = table.join(url, "responder", "Ola")
    ines = table.join(url, "approver", "Ines")
    ola.act("responder", "ask", text="Suspend Kai")
    read = ines.get("/role/approver").text
    words = read.partition('<p class="words">')[2].partition("</p>")[0]
    assert len(words.split()) == 4
    assert words not in ola.get("/role/responder").text
    heard = {"about": "A1", "voice": "Ines", "answer": "yes"}
    page = ola.act("responder", "hear", **heard, words="acid acorn agent album")
    assert (page.status, table.drill.heard) == (422, ())
    assert "not the four words" in page.text
    page = ola.act("responder", "hear", about="A1", voice="Eve", answer="no")
    assert (page.status, table.drill.heard) == (422, ())
    assert "no approver in this drill `Eve`" in page.text
    assert ola.act("responder", "hear", **heard, words=words).status == 200
    assert [(item.voice, item.yes) for item in table.drill.heard] == [("Ines", True)]
    assert "Ines said yes to A1, by voice" in ines.get("/role/approver").text


def test_the_facilitator_steers(table: Table, url: str) -> None:
    """Pause, go on, give, leave out, hint, judge; then the end, which needs a tick."""
    leads = table.join(url, "facilitator", "Dana")
    assert "Time is paused" in leads.act("facilitator", "pause").text
    assert not table.drill.running
    leads.act("facilitator", "resume")
    assert table.drill.running
    leads.act("facilitator", "give", inject="I4")
    leads.act("facilitator", "skip", inject="I5")
    leads.act("facilitator", "judge", expectation="E2", met="missed", note="too fast")
    drill = table.drill
    assert [(item.inject, item.skipped) for item in drill.injects] == [("I4", False), ("I5", True)]
    assert (drill.judged[0].met, drill.judged[0].note) == (False, "too fast")
    assert leads.act("facilitator", "stop").status == 422
    leads.act("facilitator", "stop", sure="yes", text="time for lunch")
    end = table.drill.end
    assert end is not None
    assert (end.why, end.text, end.by) == (Ending.STOPPED, "time for lunch", "Dana")


def test_a_real_incident_ends_it_whoever_says_so(table: Table, url: str) -> None:
    """Any role may; from then on every page says so, and none goes on."""
    paul = table.join(url, "comms", "Paul")
    wall = table.join(url, PROJECTOR)
    page = paul.act("comms", "real", sure="yes", text="the data centre burns")
    assert "Real incident: the exercise is over" in page.text
    assert "<form" not in page.text.partition('<nav class="ways"')[0]
    assert "Real incident" in wall.get("/projector").text
    assert table.drill.end is not None
    assert table.drill.end.why is Ending.REAL


@pytest.mark.parametrize("role", ["commander", "responder", "approver", "comms", "executive"])
def test_a_role_does_only_what_it_may(table: Table, url: str, role: str) -> None:
    """A form that a page does not offer is refused by the server, and records nothing."""
    visitor = table.join(url, role)
    mine = table.shown.roles[role].can
    for deed, rights in RIGHTS.items():
        if deed not in DEEDS or not rights or mine & set(rights):
            continue
        before = len(table.journal.records)
        fields = {"text": "x", "audience": "x", "sure": "yes", "answer": "no", "met": "met"}
        fields |= {"decision": "D1", "option": "refuse", "inject": "I1", "expectation": "E1"}
        page = visitor.act(role, deed, **fields, about="A1", voice="x")
        assert (deed, page.status) == (deed, 422)
        assert "may not" in page.text
        assert len(table.journal.records) == before


def test_what_was_typed_is_not_lost_when_it_is_refused(table: Table, url: str) -> None:
    """The problem stands beside the text, which is still in its field."""
    paul = table.join(url, "comms", "Paul")
    page = paul.act("comms", "post", audience="", text='We "look" into it')
    assert page.status == 422
    assert "does not say who is told" in page.text
    assert "We &#34;look&#34; into it</textarea>" in page.text
    assert paul.act("comms", "note", text="x" * 2001).status == 422


def test_a_form_from_elsewhere_does_nothing(table: Table, url: str) -> None:
    """Neither without the page's own mark, nor with another page's, nor from another site."""
    mia, paul = table.join(url, "commander", "Mia"), table.join(url, "comms", "Paul")
    token = paul.get("/role/comms").text.partition('name="form" value="')[2].partition('"')[0]
    before = len(table.journal.records)
    note = {"text": "x"}
    assert mia.post("/role/commander/note", note).status == 403
    assert mia.post("/role/commander/note", {**note, "form": token}).status == 403
    assert Visitor(url).post("/role/comms/note", {**note, "form": token}).status == 403
    for header in ({"origin": "http://evil.example"}, {"sec_fetch_site": "cross-site"}):
        assert paul.post("/role/comms/note", {**note, "form": token}, **header).status == 403
        assert paul.post("/", {"code": table.code("comms"), "name": "Eve"}, **header).status == 403
    assert len(table.journal.records) == before
    assert paul.post("/role/comms/note", {**note, "form": token}, origin=url).status == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:1", 200),
        ("localhost:8080", 200),
        ("[::1]:8080", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example:80", 421),
        ("192.0.2.7", 421),
        ("", 421),
    ],
)
def test_only_its_own_names_are_answered(url: str, host: str, status: int) -> None:
    """A name that somebody lets point here gets nothing, and a tunnel's port does not matter."""
    assert Visitor(url).get("/", host=host).status == status


def test_every_answer_lets_browsers_load_nothing_from_elsewhere(table: Table, url: str) -> None:
    """Pages, files and refusals carry the policy; no page has a script or style in itself."""
    visitor = table.join(url, "commander", "Mia")
    for path in ("/", "/role/commander", "/role/commander/glossary", "/pages.js", "/absent"):
        page = visitor.get(path)
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert "<style" not in page.text
        assert "://" not in page.text.replace(url, "")
    assert "unsafe" not in page.headers["content-security-policy"]


def test_a_form_that_is_a_file_is_refused(table: Table, url: str) -> None:
    """Nobody fills the trail through a field."""
    paul = table.join(url, "comms", "Paul")
    assert paul.post("/role/comms/note", {"text": "x" * 70_000}).status == 413
    assert paul.act("comms", "fly", text="x").status == 404


def test_who_leaves_is_forgotten(table: Table, url: str) -> None:
    """A shared machine shows the next one only the door."""
    paul = table.join(url, "comms", "Paul")
    assert paul.act("comms", "leave").url == f"{url}/"
    assert paul.get("/role/comms").url == f"{url}/"


def test_without_scripts_the_small_page_says_that_there_is_news(table: Table, url: str) -> None:
    """It renews itself, and the page with the forms does not."""
    ola = table.join(url, "responder", "Ola")
    page = ola.get("/role/responder").text
    assert 'http-equiv="refresh"' not in page
    pulse = page.partition("/role/responder/pulse?seen=")[2].partition('"')[0]
    small = ola.get(f"/role/responder/pulse?seen={pulse}").text
    assert 'http-equiv="refresh"' in small
    assert "No news" in small
    table.tell("I4")
    assert "No news" in ola.get(f"/role/responder/pulse?seen={pulse}").text, "it was for comms"
    table.tell("I1")
    assert "There is news" in ola.get(f"/role/responder/pulse?seen={pulse}").text


def test_in_a_simulated_drill_the_facilitator_does_not_write_for_others(tmp_path: Path) -> None:
    """There everybody acts for themselves; the truth is on the facilitator's page all the same."""
    table = Table(tmp_path, style=Style.SIMULATED)
    with table.open() as url:
        leads = table.join(url, "facilitator", "Lee")
        page = leads.act("facilitator", "declare", text="x")
    assert page.status == 422
    assert "What the intruder holds" in page.text
    assert "Declare an incident</summary>" not in page.text


def test_when_it_is_over_both_sides_are_told(table: Table, url: str) -> None:
    """Who took part learns what the intruder did, as `irkit drill replay` tells it then."""
    from irkit.drill.record.kinds import Kind  # noqa: PLC0415

    ola = table.join(url, "responder", "Ola")
    table.record(Kind.ACT, {"tactic": "push-spam", "do": "okta.push_mfa", "worked": True})
    assert "push-spam" not in ola.get("/role/responder").text
    table.dana.stop("", real=False)
    page = ola.get("/role/responder").text
    assert "push-spam" in page
    assert "The facilitator ended it." in page
    late = table.join(url, "comms", "Paul").get("/role/comms")
    assert "push-spam" in late.text
    assert "Paul" not in table.drill.role_of


def test_codes_and_open_pages_outlive_a_crash(tmp_path: Path) -> None:
    """They derive from a secret beside the trail, which nobody else can read."""
    one, two = (Doors(drill="teal-otter", secret=secret_in(tmp_path)) for _ in range(2))
    assert one.code("comms") == two.code("comms")
    assert two.holder(one.admit(Holder(role="comms", name="Paul"))) is not None
    assert stat.S_IMODE((tmp_path / "drill-pages.key").stat().st_mode) == 0o600
    other = Doors(drill="grey-puma", secret=secret_in(tmp_path))
    assert other.code("comms") != one.code("comms")
    assert other.holder(one.admit(Holder(role="comms", name="Paul"))) is None


@pytest.mark.parametrize("kept", ["", "x", "x.y", "W10=.W10=", "é.é", "." * 9])
def test_a_made_up_cookie_is_nobodys(kept: str) -> None:
    """Whatever a browser shows: without the secret it holds no page."""
    assert Doors(drill="teal-otter", secret=b"k" * 32).holder(kept) is None


def test_every_form_has_its_word_of_thanks() -> None:
    """What a form does is said, and every form's right is written down."""
    assert DEEDS.keys() == DONE.keys()
    assert DEEDS.keys() <= RIGHTS.keys()


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:0", "127.0.0.1", 0),
        ("localhost:8080", "127.0.0.1", 8080),
        ("127.0.0.1", "127.0.0.1", 0),
        ("[::1]:8080", "::1", 8080),
    ],
)
def test_addresses_are_read(text: str, host: str, port: int) -> None:
    """An address, with a port or any that is free."""
    assert address(text, beyond=False) == Address(host=host, port=port)


@pytest.mark.parametrize("text", ["8080", "acme.example:80", ":80", "127.0.0.1:http", "::1:99999"])
def test_what_is_no_address_is_refused(text: str) -> None:
    """A name is none: where it leads, others say."""
    with pytest.raises(IrkitError) as raised:
        address(text, beyond=True)
    assert raised.value.diagnostics[0].code == "IRK863"


def test_beyond_this_machine_has_to_be_chosen() -> None:
    """Pages without encryption are for loopback and tunnels, unless somebody says otherwise."""
    with pytest.raises(IrkitError) as raised:
        address("0.0.0.0:8080", beyond=False)
    assert raised.value.diagnostics[0].code == "IRK864"
    chosen = address("0.0.0.0:8080", beyond=True)
    assert not chosen.is_local
    assert chosen.is_meant("192.0.2.7:8080")
    assert not chosen.is_meant("rebound.example:8080")


def test_a_port_that_is_taken_is_said_before_anything_begins() -> None:
    """Two drills do not share an address."""
    with listening(Address(host="127.0.0.1", port=0)) as first:
        with pytest.raises(IrkitError) as raised, listening(first.at):
            pass
    assert raised.value.diagnostics[0].code == "IRK865"
