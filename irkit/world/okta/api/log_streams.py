"""Log streams: the copies of the System Log that go elsewhere."""

from irkit.world.okta.documents import Kind, register

register(
    Kind(
        name="logStreams",
        prefix="0oa",
        parameter="logStreamId",
        area="logStreams",
        noun="LogStream",
        event="system.log_stream.lifecycle",
        path="/api/v1/logStreams",
    )
)
