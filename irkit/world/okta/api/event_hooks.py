"""Event hooks."""

from irkit.world.okta.documents import Kind, register

register(
    Kind(
        name="eventHooks",
        prefix="who",
        parameter="eventHookId",
        area="eventHooks",
        noun="EventHook",
        event="event_hook",
        paged=False,
        path="/api/v1/eventHooks",
    )
)
