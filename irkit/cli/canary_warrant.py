"""`irkit canary PLAYBOOK --ask`: what a canary may plant and sweep, for people to sign."""

from datetime import timedelta

import anyio
import typer

from irkit.cli.driving import announce
from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation
from irkit.cli.requesting import take_key
from irkit.cli.views import warrant as view
from irkit.clock import parse_duration, words
from irkit.engine import warranting
from irkit.engine.warranting import Asked
from irkit.proving.canary import warrants
from irkit.proving.canary.orders import require_orders
from irkit.proving.shelf import Shelved


def ask(me: Invocation, shelved: Shelved, lasts: str, key: str) -> int:
    """Look for the canary's user, and record the warrant that people are to approve.

    Raises:
        IrkitError: if there are no orders, or the user is none that a canary may use.
    """
    orders, duration = require_orders(shelved.regime.canary, shelved.name), _duration(lasts)
    announce(me)
    with me.session.journal(writing=True) as journal:
        consent = me.session.consent(journal)
        me.session.check_policy(consent)
        take_key(me, key, consent.fold.policy.signers)
        drafted = anyio.run(warrants.drafted, me.session, orders, shelved.name, duration)
        warranting.propose(me.session, journal, drafted)
        consent.catch_up()
        state = consent.fold.warrants[drafted.digest]
        asked = Asked(session=me.session, journal=journal, fold=consent.fold, state=state)
        me.output.show(view.to_json(asked, me.clock()), view.proposed_text)
    return ExitCode.WAITING


def _duration(given: str) -> timedelta:
    try:
        found = parse_duration(given)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--for") from error
    if not warrants.SHORTEST <= found <= warrants.LONGEST:
        span = f"{words(warrants.SHORTEST)} to {words(warrants.LONGEST)}"
        raise typer.BadParameter(f"a warrant lasts {span}", param_hint="--for")
    return found
