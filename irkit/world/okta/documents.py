"""Endpoints for org-level objects that the simulator keeps as JSON documents with a status.

Zones, identity providers, hooks, origins and log streams have the same calls: list, show, create,
replace, delete, activate, deactivate. A file under `api/` names the kind and its differences.
"""

from dataclasses import dataclass

from irkit.canonical import Json, JsonObject
from irkit.world.okta import errors
from irkit.world.okta.paging import page
from irkit.world.okta.routing import NO_CONTENT, Ask, Reply, route
from irkit.world.okta.system_log import Party
from irkit.world.okta.tables import Documents
from irkit.world.okta.views import hinted, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of document.

    Attributes:
        name: Table name, and last segment of the path.
        prefix: Of its ids.
        parameter: Name of the path parameter.
        area: What roles and scopes call it.
        noun: What a 404 calls it.
        event: Prefix of its events.
        inactive: Its status when it is switched off.
        path: Where its list is.
        paged: Whether its list comes in pages.
    """

    name: str
    prefix: str
    parameter: str
    area: str
    noun: str
    event: str
    path: str
    inactive: str = "INACTIVE"
    paged: bool = True


def register(kind: Kind) -> None:
    """Register the endpoints of `kind`."""
    one = f"{kind.path}/{{{kind.parameter}}}"

    @route("GET", kind.path, area=kind.area)
    def listed(ask: Ask) -> Reply:
        wanted = ask.query.get("type")
        found = [
            (key, item)
            for key, item in table(ask, kind).items()
            if wanted is None or item.get("type") == wanted
        ]
        if not kind.paged:
            return Reply(body=[document_json(ask, kind, *pair) for pair in found])
        return page(
            ask,
            found,
            key=lambda pair: pair[0],
            show=lambda pair: document_json(ask, kind, *pair),
            default=200,
        )

    @route("POST", kind.path, area=kind.area)
    def created(ask: Ask) -> Reply:
        now = moment(ask.state.now())
        content = {**_content(ask), "created": now, "lastUpdated": now}
        document_id = ask.state.add_document(kind.name, kind.prefix, content)
        tell(ask, kind, document_id, "create")
        return _one(ask, kind, document_id)

    @route("GET", one, area=kind.area)
    def shown(ask: Ask) -> Reply:
        return _one(ask, kind, named(ask, kind))

    _register_changes(kind, one)
    _register_lifecycle(kind, one)


def _register_changes(kind: Kind, one: str) -> None:
    @route("PUT", one, area=kind.area)
    def replaced(ask: Ask) -> Reply:
        document_id = named(ask, kind)
        old = table(ask, kind)[document_id]
        kept = {key: old[key] for key in ("status", "created", "system") if key in old}
        now = moment(ask.state.now())
        table(ask, kind)[document_id] = {**_content(ask), **kept, "lastUpdated": now}
        tell(ask, kind, document_id, "update")
        return _one(ask, kind, document_id)

    @route("DELETE", one, area=kind.area)
    def deleted(ask: Ask) -> Reply:
        document_id = named(ask, kind)
        tell(ask, kind, document_id, "delete")
        del table(ask, kind)[document_id]
        return NO_CONTENT


def _register_lifecycle(kind: Kind, one: str) -> None:
    @route("POST", f"{one}/lifecycle/activate", area=kind.area)
    def activated(ask: Ask) -> Reply:
        return _set(ask, kind, "ACTIVE", "activate")

    @route("POST", f"{one}/lifecycle/deactivate", area=kind.area)
    def deactivated(ask: Ask) -> Reply:
        return _set(ask, kind, kind.inactive, "deactivate")


def table(ask: Ask, kind: Kind) -> Documents:
    """Return the table of a kind."""
    return ask.tables.documents.setdefault(kind.name, {})


def named(ask: Ask, kind: Kind) -> str:
    """Return the id that the path names, or raise E0000007."""
    document_id = ask.params[kind.parameter]
    if document_id not in table(ask, kind):
        raise errors.not_found(document_id, kind.noun)
    return document_id


def document_json(ask: Ask, kind: Kind, document_id: str, content: JsonObject) -> JsonObject:
    """Return a document as its endpoint shows it."""
    me = f"{ask.base}{kind.path}/{document_id}"
    toggle = "deactivate" if content.get("status") == "ACTIVE" else "activate"
    created = moment(ask.state.created)
    return {
        "id": document_id,
        "created": created,
        "lastUpdated": created,
        **content,
        "_links": {
            "self": hinted(me, "GET", "PUT", "DELETE"),
            toggle: hinted(f"{me}/lifecycle/{toggle}", "POST"),
        },
    }


def tell(ask: Ask, kind: Kind, document_id: str, verb: str) -> None:
    """Write the event of a change to a document."""
    name = str(table(ask, kind)[document_id].get("name", document_id))
    target = Party(id=document_id, kind=kind.noun, alternate_id="unknown", name=name)
    ask.happened(f"{kind.event}.{verb}", f"{verb} {kind.noun}", target)


def _content(ask: Ask) -> dict[str, Json]:
    given = ask.object()
    return {key: value for key, value in given.items() if key not in {"id", "_links", "_embedded"}}


def _one(ask: Ask, kind: Kind, document_id: str) -> Reply:
    content = table(ask, kind)[document_id]
    return Reply(body=document_json(ask, kind, document_id, content))


def _set(ask: Ask, kind: Kind, status: str, verb: str) -> Reply:
    document_id = named(ask, kind)
    now = moment(ask.state.now())
    table(ask, kind)[document_id] = {
        **table(ask, kind)[document_id],
        "status": status,
        "lastUpdated": now,
    }
    tell(ask, kind, document_id, verb)
    return _one(ask, kind, document_id)
