"""EventBridge's rules, and whether they are on."""

from typing import Any, Final

from irkit.canonical import Json
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.restorable.regions import by_region

SERVICE: Final = "events"


def state(_cloud: Cloud, account: str) -> Json:
    """Return every rule by region and bus."""
    return by_region("moto.events.models", "events_backends", account, _rules)


def _rules(events: Any) -> Json:
    found = {
        bus.name: {name: rule.state for name, rule in bus.rules.items()}
        for bus in events.event_buses.values()
    }
    return {name: rules for name, rules in found.items() if rules}
