"""Identity providers that the org trusts for inbound federation."""

from irkit.world.okta.documents import Kind, register

register(
    Kind(
        name="idps",
        prefix="0oa",
        parameter="idpId",
        area="idps",
        noun="IdpTrust",
        event="system.idp.lifecycle",
        path="/api/v1/idps",
    )
)
