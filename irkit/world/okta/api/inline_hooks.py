"""Inline hooks."""

from irkit.world.okta.documents import Kind, register

register(
    Kind(
        name="inlineHooks",
        prefix="cal",
        parameter="inlineHookId",
        area="inlineHooks",
        noun="InlineHook",
        event="inline_hook",
        paged=False,
        path="/api/v1/inlineHooks",
    )
)
