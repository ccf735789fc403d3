"""The pages as a web application: who asks for what, and what they get or may do.

Reading is one function of the drill and a role. Acting is one form, one deed of `Steering`, and the
way back to the page; what `Steering` refuses is shown beside what was typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import parse_qsl, quote

from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from irkit import assets
from irkit.diagnostics import IrkitError
from irkit.drill.pages.deeds import DEEDS, DONE, Typed
from irkit.drill.pages.doors import PROJECTOR, Holder
from irkit.drill.pages.guard import Guard
from irkit.drill.pages.guesses import WINDOW, Guesses
from irkit.drill.pages.shown import Outcome, Shown

_LARGEST: Final = 64 * 1024
_LONGEST_NAME: Final = 40
_FILES: Final = (("pages.css", "text/css"), ("pages.js", "text/javascript"))
_COOKIE: Final = "irkit-drill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The pages of one drill, for browsers."""

    shown: Shown
    guesses: Guesses

    def application(self) -> Guard:
        """Return the application, behind its guard."""
        routes = [
            Route("/", self._door),
            Route("/", self._come_in, methods=["POST"]),
            Route("/projector", self._projector),
            Route("/role/{role}", self._role),
            Route("/role/{role}/glossary", self._glossary),
            Route("/role/{role}/pulse", self._pulse),
            Route("/role/{role}/leave", self._leave, methods=["POST"]),
            Route("/role/{role}/{deed}", self._act, methods=["POST"]),
            *(Route(f"/{name}", partial(_file, name, type_)) for name, type_ in _FILES),
        ]
        return Guard(Starlette(routes=routes), self.shown.at)

    def _door(self, _: Request) -> Response:
        return HTMLResponse(self.shown.join())

    async def _come_in(self, request: Request) -> Response:
        """Let somebody in who gives a role's code and a name."""
        fields = await _fields(request)
        if fields is None:
            return _too_large()
        return await run_sync(self._enter, _caller(request), fields)

    def _enter(self, caller: str, fields: Mapping[str, str]) -> Response:
        if not self.guesses.begin(caller):
            problem = "Too many codes were tried. Wait a minute, then try again."
            wait = {"retry-after": str(int(WINDOW))}
            return self._again(fields, problem, 429, wait)
        doors, roles = self.shown.doors, self.shown.roles
        role = doors.role_of(fields.get("code", ""), (*roles, PROJECTOR))
        if role is None:
            return self._again(fields, "That is none of this exercise's codes.", 403)
        self.guesses.right(caller)
        name = " ".join(fields.get("name", "").split())[:_LONGEST_NAME]
        if problem := self._unfit(name, role):
            return self._again(fields, problem, 422)
        holder = Holder(role=role, name=name)
        if role != PROJECTOR:
            try:
                self._take(holder)
            except IrkitError as error:
                return self._again(fields, _summary(error), 409)
        page = _page_of(role)
        response = RedirectResponse(page, 303)
        response.set_cookie(
            _COOKIE, doors.admit(holder), path=page, httponly=True, samesite="strict"
        )
        return response

    def _take(self, holder: Holder) -> None:
        """Take the role, unless that name has it already: somebody who comes back is the same.

        To a debriefing people come without one.
        """
        board = self.shown.board
        drill = board.drill()
        if drill.end is None and holder.role not in drill.role_of.get(holder.name, ()):
            board.steering(holder).join(holder.role)

    def _unfit(self, name: str, role: str) -> str:
        """Return why a name will not do, empty if it will."""
        roles = self.shown.roles
        if role == PROJECTOR:
            return ""
        if not name:
            return "Say what people call you: it stands beside what you do."
        held = self.shown.board.drill().role_of.get(name, ())
        leads = any(roles[other].sees_truth for other in held if other in roles)
        if leads and not roles[role].sees_truth:
            return "That is the facilitator's name. Take another one."
        return ""

    def _again(
        self,
        fields: Mapping[str, str],
        problem: str,
        status: int,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        outcome = Outcome(problem=problem, form="join", typed=fields)
        return HTMLResponse(self.shown.join(outcome), status, headers)

    def _role(self, request: Request) -> Response:
        holder, kept = self._holder(request)
        if holder is None:
            return RedirectResponse("/", 303)
        outcome = Outcome(said=DONE.get(request.query_params.get("done", ""), ""))
        return HTMLResponse(self.shown.role(holder, kept, outcome))

    def _glossary(self, request: Request) -> Response:
        holder, _ = self._holder(request)
        if holder is None:
            return RedirectResponse("/", 303)
        return HTMLResponse(self.shown.glossary(holder.role))

    def _pulse(self, request: Request) -> Response:
        holder, _ = self._holder(request)
        if holder is None:
            return RedirectResponse("/", 303)
        return HTMLResponse(self.shown.pulse(holder, request.query_params.get("seen", "")))

    def _projector(self, request: Request) -> Response:
        holder = self.shown.doors.holder(request.cookies.get(_COOKIE, ""))
        if holder is None or holder.role != PROJECTOR:
            return RedirectResponse("/", 303)
        return HTMLResponse(self.shown.projector())

    async def _act(self, request: Request) -> Response:
        """Do what a form says, if it is one of this holder's pages that says it."""
        holder, kept = self._holder(request)
        fields = await _fields(request)
        if fields is None:
            return _too_large()
        if holder is None or not self.shown.doors.is_own_form(kept, fields.get("form", "")):
            return PlainTextResponse("Open your page again, and send the form from there.\n", 403)
        return await run_sync(self._do, holder, kept, request.path_params["deed"], fields)

    def _do(self, holder: Holder, kept: str, name: str, fields: Mapping[str, str]) -> Response:
        deed = DEEDS.get(name)
        if deed is None:
            return PlainTextResponse("There is no such form.\n", 404)
        try:
            deed(self.shown.board.steering(holder), Typed(fields))
        except IrkitError as error:
            outcome = Outcome(problem=_summary(error), form=name, typed=fields)
            return HTMLResponse(self.shown.role(holder, kept, outcome), 422)
        return RedirectResponse(f"{_page_of(holder.role)}?done={name}", 303)

    async def _leave(self, request: Request) -> Response:
        """Let a browser forget who it was."""
        holder, kept = self._holder(request)
        fields = await _fields(request)
        if holder is None or not self.shown.doors.is_own_form(kept, (fields or {}).get("form", "")):
            return PlainTextResponse("Open your page again, and leave from there.\n", 403)
        response = RedirectResponse("/", 303)
        response.delete_cookie(_COOKIE, path=_page_of(holder.role))
        return response

    def _holder(self, request: Request) -> tuple[Holder | None, str]:
        """Return who asks for the page of a role, with what shows it."""
        kept = request.cookies.get(_COOKIE, "")
        holder = self.shown.doors.holder(kept)
        role = request.path_params["role"]
        known = holder is not None and holder.role == role and role in self.shown.roles
        return (holder if known else None), kept


def _file(name: str, type_: str, _: Request) -> Response:
    """Return a file that every page wants."""
    text = (assets.templates() / "drill" / name).read_text(encoding="utf-8")
    return Response(text, media_type=type_)


async def _fields(request: Request) -> dict[str, str] | None:
    """Return the fields of a form, None for one that nobody typed."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            return None
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=32))
    except ValueError:
        return {}


def _too_large() -> Response:
    return PlainTextResponse("That is more than a form holds.\n", 413)


def _page_of(role: str) -> str:
    return f"/role/{quote(role)}" if role != PROJECTOR else "/projector"


def _caller(request: Request) -> str:
    return request.client.host if request.client else ""


def _summary(error: IrkitError) -> str:
    return " ".join(item.summary for item in error.diagnostics)
