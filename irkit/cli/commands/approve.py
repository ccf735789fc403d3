"""`irkit approve`: show what is signed, sign it, and add it to the trail."""

from pathlib import Path
from typing import Annotated

import typer

from irkit.cli.opened import this

_What = Annotated[
    str,
    typer.Argument(
        metavar="RUN|PLANFILE|DIGEST",
        help="A run, a plan file that was carried, or the digest of a canary's warrant.",
    ),
]
_Key = Annotated[
    str,
    typer.Option(help="Your key: a private key file, a .pub file or SHA256:… in the agent."),
]
_Deny = Annotated[bool, typer.Option("--deny", help="Say no: it stops everybody.")]
_Revoke = Annotated[bool, typer.Option("--revoke", help="Take your own approval back.")]
_File = Annotated[
    Path | None, typer.Option(help="Add an .approval file that somebody else signed.")
]
_Out = Annotated[
    Path | None,
    typer.Option(
        help="Where to write the .approval file of a plan file; of a warrant, the statement "
        "for --as WHO to sign elsewhere."
    ),
]
_BreakGlass = Annotated[
    bool, typer.Option("--break-glass", help="Approve alone, within `approvals.alone`.")
]
_Reason = Annotated[str, typer.Option(help="Why alone; it is recorded.")]
_Confirm = Annotated[
    bool, typer.Option("--confirm-breakglass", help="Stand by what was done alone.")
]
_VouchedBy = Annotated[
    str, typer.Option(metavar="WHO", help="Who read the four words back over the phone.")
]
_Words = Annotated[str, typer.Option(help="The four words they read.")]
_Part = Annotated[
    list[str] | None,
    typer.Option(metavar="PART", help="Only this part of the run's plan; may be repeated."),
]
_Yes = Annotated[bool, typer.Option("--yes", "-y", help="Sign without asking once more.")]


def command(
    what: _What,
    *,
    key: _Key = "",
    deny: _Deny = False,
    revoke: _Revoke = False,
    file: _File = None,
    out: _Out = None,
    break_glass: _BreakGlass = False,
    reason: _Reason = "",
    confirm_breakglass: _Confirm = False,
    vouched_by: _VouchedBy = "",
    words: _Words = "",
    part: _Part = None,
    yes: _Yes = False,
) -> int:
    """Show the exact text, sign it with your own key, and record it.

    All parts that may be signed and still need approvals are signed together, or those of --part.
    """
    from irkit.cli import warrant_ceremony  # noqa: PLC0415
    from irkit.cli.approval_ceremony import Ceremony  # noqa: PLC0415
    from irkit.cli.approval_wishes import Wishes  # noqa: PLC0415
    from irkit.engine.warranting import PREFIX  # noqa: PLC0415

    wishes = Wishes.of(
        key=key,
        deny=deny,
        revoke=revoke,
        break_glass=break_glass,
        reason=reason,
        confirm=confirm_breakglass,
        vouched_by=vouched_by,
        words=words,
        parts=tuple(part or ()),
        yes=yes,
    )
    if what.startswith(PREFIX):
        return warrant_ceremony.decide(this(), what, wishes.whole(), file=file, out=out)
    ceremony = Ceremony(this(), wishes)
    if file is None and not ceremony.is_plan_file(what):
        return ceremony.sign_run(what)
    wishes.whole()
    if file is not None:
        return ceremony.add_file(what, file)
    return ceremony.sign_plan_file(Path(what), out)
