"""The catalogue on the screen."""

from golden_story import STYLE

from irkit.cli.views import actions
from irkit.model.spec import Blast, Effect, Parameter, Permissions, Reversal, Spec, Verb

DEACTIVATE = Spec(
    id="aws.iam_key.deactivate",
    version=1,
    verb=Verb.DO,
    summary="Deactivate an access key",
    needs=("aws",),
    effect=Effect.IDEMPOTENT,
    reversal=Reversal.EXACT,
    blast=Blast.PRINCIPAL,
    target="aws.access_key",
    permissions=Permissions(iam_read=("iam:ListAccessKeys",), iam_write=("iam:UpdateAccessKey",)),
    parameters=(
        Parameter(name="user", type="aws.user", help="Whose key it is"),
        Parameter(name="key", type="aws.access_key", help="The key", required=False, default="all"),
    ),
    cuts=("long_term_key",),
    does_not_cut=("get_session_token",),
    gotchas=("Sessions made with the key live on.",),
)
READ = Spec(
    id="okta.user.get", version=2, verb=Verb.READ, summary="Look a user up", needs=("okta",)
)


def test_one_action_shows_all_that_it_declares() -> None:
    """Cuts, what it does not cut, permissions, parameters and gotchas are all there."""
    text = actions.text(actions.to_json(DEACTIVATE), style=STYLE)
    for said in (
        "aws.iam_key.deactivate  version 1",
        "  cuts          long_term_key",
        "  does not cut  get_session_token",
        "  iam read      iam:ListAccessKeys",
        "  iam write     iam:UpdateAccessKey",
        "  user: aws.user  Whose key it is",
        "  key: aws.access_key (default all)  The key",
        "▲ Sessions made with the key live on.",
    ):
        assert said in text


def test_reads_show_no_reversal() -> None:
    """What changes nothing needs no way back."""
    text = actions.text(actions.to_json(READ), style=STYLE)
    assert "reversal" not in text
    row = actions.list_text(actions.list_json([READ]), style=STYLE).splitlines()[1]
    assert row.split() == ["okta.user.get", "read", "Look", "a", "user", "up"]


def test_list_has_a_row_for_each_action() -> None:
    """The table names every action with its reversal."""
    lines = actions.list_text(actions.list_json([DEACTIVATE, READ]), style=STYLE).splitlines()
    assert [line.split()[0] for line in lines] == ["ACTION", DEACTIVATE.id, READ.id]
    assert "EXACT" in lines[1]


def test_matrix_says_what_an_action_leaves_alive() -> None:
    """For each kind of credential: what cuts it, and what does not."""
    other = Spec(
        id="aws.iam_user.quarantine",
        version=1,
        verb=Verb.DO,
        summary="",
        needs=("aws",),
        cuts=("get_session_token",),
    )
    text = actions.matrix_text(actions.list_json([DEACTIVATE, other]), style=STYLE)
    assert text.splitlines() == [
        "get_session_token",
        "  · not cut by   aws.iam_key.deactivate",
        "  ✔ cut by       aws.iam_user.quarantine",
        "long_term_key",
        "  ✔ cut by       aws.iam_key.deactivate",
    ]
