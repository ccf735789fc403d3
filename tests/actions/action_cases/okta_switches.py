"""Changing actions that switch one thing of an org, each where it has something to do."""

from stage import VICTIM, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action
from irkit.canonical import JsonObject

OFF = "POST */lifecycle/deactivate"
HOOK: JsonObject = {"name": "Import passwords", "type": "com.okta.user.credential.password.import"}


def deactivate_inline_hook(stage: Stage) -> Action:
    """A hook that sees passwords."""
    hook = stage.world.okta.add_document("inlineHooks", "cal", HOOK)
    return changing("okta.hook.deactivate", hook=hook)


def deactivate_event_hook(stage: Stage) -> Action:
    """A hook that tells somebody what happens in the org."""
    hook = stage.world.okta.add_document("eventHooks", "who", {"name": "Tell", "type": "EVENT"})
    return changing("okta.hook.deactivate", hook=hook)


def deactivate_origin(stage: Stage) -> Action:
    """An origin that is not the company's."""
    content: JsonObject = {"name": "Sign-in", "origin": "https://acme-login.example"}
    origin = stage.world.okta.add_document("trustedOrigins", "tos", content)
    return changing("okta.trusted_origin.deactivate", origin=origin)


def deactivate_rule(stage: Stage) -> Action:
    """A rule that makes developers of all who give themselves a title."""
    rule = stage.world.okta.add_group_rule(
        "Titles",
        'user.title == "Support engineer"',
        (stage.world.okta_ids.groups["support"],),
        status="ACTIVE",
    )
    return changing("okta.group_rule.deactivate", rule=rule)


def suspend_device(stage: Stage) -> Action:
    """The contractor's laptop."""
    device = stage.world.okta.add_device("KAI-LAPTOP", "WINDOWS", (stage.user(VICTIM),))
    return changing("okta.device.suspend", device=device)


def deactivate_app(stage: Stage) -> Action:
    """The federation with AWS."""
    return changing("okta.app.deactivate", app=stage.world.okta_ids.aws_app)


CASES = (
    Case("okta.hook.deactivate", deactivate_inline_hook, OFF),
    Case("okta.hook.deactivate:event", deactivate_event_hook, OFF),
    Case("okta.trusted_origin.deactivate", deactivate_origin, OFF),
    Case("okta.group_rule.deactivate", deactivate_rule, OFF),
    Case("okta.device.suspend", suspend_device, "POST */lifecycle/suspend"),
    Case("okta.app.deactivate", deactivate_app, OFF),
)
