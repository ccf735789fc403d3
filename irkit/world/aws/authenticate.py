"""Who signed this call: strict authentication, as AWS does it and moto does not.

An inactive or deleted key, a wrong signature, a wrong or missing session token, an expired session
and a session whose user or role is gone are all refused, each with the service's own error code.
"""

from irkit.model.access import Credential, CredentialKind
from irkit.world.aws.answer import Refusal, refusal
from irkit.world.aws.cloud import Caller, Cloud, principal_of
from irkit.world.aws.iam_view import AccessState
from irkit.world.aws.sessions import Session, is_expired
from irkit.world.aws.signature import signature_matches
from irkit.world.aws.wire import ApiCall

_INVALID = "The security token included in the request is invalid"
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method."
)


def authenticate(cloud: Cloud, state: AccessState, call: ApiCall) -> Caller:
    """Return who made `call`.

    Raises:
        ApiError: if the credentials are not valid now.
    """
    if call.signature is None:
        raise refusal(call.protocol, Refusal.UNSIGNED, "Request is missing Authentication Token")
    key_id = call.signature.access_key_id
    session = cloud.sessions.find(key_id)
    caller, secret = _session_caller(session) if session else _key_caller(state, call, key_id)
    if not signature_matches(call, secret):
        raise refusal(call.protocol, Refusal.BAD_SIGNATURE, _MISMATCH)
    if session is not None:
        _check_session(cloud, call, session)
    if key_id in cloud.expired_keys:
        raise refusal(call.protocol, Refusal.EXPIRED, "The provided token has expired.")
    if principal_of(state, caller) is None:
        raise refusal(call.protocol, Refusal.UNKNOWN_KEY, f"{_INVALID}.")
    return caller


def _session_caller(session: Session) -> tuple[Caller, str]:
    return Caller(credential=session.credential, session=session), session.secret.reveal()


def _check_session(cloud: Cloud, call: ApiCall, session: Session) -> None:
    if call.headers.get("x-amz-security-token", "") != session.token.reveal():
        raise refusal(call.protocol, Refusal.UNKNOWN_KEY, f"{_INVALID}.")
    if is_expired(session, cloud.now()):
        raise refusal(call.protocol, Refusal.EXPIRED, "The provided token has expired.")


def _key_caller(state: AccessState, call: ApiCall, key_id: str) -> tuple[Caller, str]:
    found = state.find_key(key_id)
    if found is None or not found[1].active:
        raise refusal(call.protocol, Refusal.UNKNOWN_KEY, f"{_INVALID}.")
    account, key = found
    user = state.accounts[account].users[key.user]
    credential = Credential(
        kind=CredentialKind.LONG_TERM_KEY,
        account=account,
        principal_arn=user.arn,
        user_id=user.id,
        name=user.name,
        access_key_id=key_id,
        tags=user.tags,
    )
    return Caller(credential=credential), key.secret
