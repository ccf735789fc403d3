"""`irkit init`: make a workspace."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this

if TYPE_CHECKING:
    from irkit.engine.session import Session
    from irkit.workspace.config import Workspace


def command(
    directory: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Where; else here.")
    ] = None,
    world: Annotated[
        bool, typer.Option("--world", help="An exercise that points at the simulated world.")
    ] = False,
    org: Annotated[str, typer.Option(help="The organization's short name.")] = "",
    port_base: Annotated[
        int, typer.Option(help="With --world: where Okta is served; AWS is at the next port.")
    ] = 18801,
) -> int:
    """Make a workspace: irkit.yaml, approvers, playbooks, and a key for the trail.

    It asks nothing and overwrites nothing.
    """
    me = this()
    where = me.here / (directory or me.common.workspace or Path())
    if world:
        return _exercise(me, where, port_base)
    return _live(me, where, org)


def _live(me: Invocation, where: Path, org: str) -> int:
    from irkit.trail.keys import create_key_file  # noqa: PLC0415
    from irkit.workspace.init import KEYS, init  # noqa: PLC0415

    where.mkdir(parents=True, exist_ok=True)
    written = [*init(where, org=org)]
    key = where / KEYS / "trail"
    if not key.exists():
        create_key_file(key)
        written.append(key)
    lines = [
        f"A LIVE workspace in {where}. Nothing is connected yet, and nothing can be written yet.",
        "",
        *(f"  {_short(path, where)}" for path in written),
        "",
        "Next:",
        *(f"  {step}" for step in _LIVE_STEPS),
        "",
        *_ALONE,
    ]
    me.output.say("\n".join(lines), directory=str(where), files=[str(path) for path in written])
    return ExitCode.DONE


_FIRST = "okta-user-federated-to-aws"
"""The playbook to begin with: the one that fits the intruder of the simulated world."""
_LIVE_STEPS = (
    "edit irkit.yaml: org_url, org_id, client_id, accounts and roles; it says what each is",
    "irkit approvers add you@example.com --key ~/.ssh/id_ed25519.pub --role ir-oncall",
    "irkit check                        # reads only; one line for each thing, with its remedy",
    "irkit protect pin                  # what may never be a target",
    "irkit approvers seal               # from here on changes can be approved",
    f"irkit plan {_FIRST} -i user=LOGIN",
)
_ALONE = (
    "One person alone can: plan anything; approve what needs one approval; and at night, with",
    "`irkit approve RUN --break-glass --reason TEXT`, do what `approvals: {alone: …}` allows,",
    "which stays an open finding until a second person confirms it. What touches an account or the",
    "whole organization, or destroys something, needs two people whoever is awake.",
)


def _exercise(me: Invocation, where: Path, base: int) -> int:
    from irkit.engine.demo_approvers import enrol, seal  # noqa: PLC0415
    from irkit.proving.world_facts import VICTIM, Place, Served, facts  # noqa: PLC0415
    from irkit.workspace.decode import load  # noqa: PLC0415
    from irkit.workspace.init import init  # noqa: PLC0415

    place = Place(base=base)
    where.mkdir(parents=True, exist_ok=True)
    with Served(place, anywhere=True) as world:
        known = facts(world, place)
    init(where, world=known)
    workspace = load(where)
    people = enrol(workspace)
    sealed = seal(_session(me, workspace))
    copied = _copy_playbooks(workspace)
    lines = [
        (
            f"An EXERCISE workspace in {where}: simulated Okta at {place.okta_url}, AWS at "
            f"{place.aws_url}."
        ),
        f"  playbooks: {', '.join(copied)}",
        *(
            f"  {person.name}: {', '.join(person.roles) or 'may ask, not approve'}; key "
            f"{_short(person.key, where)}"
            for person in people
        ),
        f"  trail: {sealed.origin}",
        "",
        "Next:",
        *([f"  cd {where}"] if where.resolve() != me.here.resolve() else []),
        "  irkit world up                     # in a terminal of its own",
        f"  irkit plan {_FIRST} -i user={VICTIM}",
        f"  irkit run {_FIRST} -i user={VICTIM} --as {people[-1].name}",
        f"  irkit approve last --key {_short(people[0].key, where)}      # in a third terminal",
    ]
    me.output.say(
        "\n".join(lines),
        directory=str(where),
        origin=sealed.origin,
        okta_url=place.okta_url,
        aws_url=place.aws_url,
        approvers={person.name: str(person.key) for person in people},
    )
    return ExitCode.DONE


def _session(me: Invocation, workspace: "Workspace") -> "Session":
    from irkit.engine.session import Session  # noqa: PLC0415
    from irkit.workspace.exercise import DOMAIN  # noqa: PLC0415

    return Session(
        workspace=workspace,
        catalogue=me.catalogue,
        environment=me.environment,
        actor_name=me.common.acting_as or f"alice@{DOMAIN}",
        clock=me.clock,
    )


def _copy_playbooks(workspace: "Workspace") -> list[str]:
    from irkit import assets  # noqa: PLC0415

    copied = []
    for path in assets.playbook_files(assets.playbooks()):
        for file in (path, path.with_suffix(".test.yaml")):
            target = workspace.playbooks / file.name
            if file.is_file() and not target.exists():
                target.write_bytes(file.read_bytes())
        copied.append(path.stem)
    return copied


def _short(path: Path, where: Path) -> str:
    return str(path.relative_to(where))
