"""Trusted origins."""

from irkit.world.okta.documents import Kind, register

register(
    Kind(
        name="trustedOrigins",
        prefix="tos",
        parameter="trustedOriginId",
        area="trustedOrigins",
        noun="TrustedOrigin",
        event="security.trusted_origin",
        path="/api/v1/trustedOrigins",
    )
)
