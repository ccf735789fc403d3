"""Network zones."""

from irkit.world.okta.documents import Kind, register

register(
    Kind(
        name="zones",
        prefix="nzo",
        parameter="zoneId",
        area="networkZones",
        noun="NetworkZone",
        event="zone",
        path="/api/v1/zones",
    )
)
