"""IAM as a root user has it: without a user's name, its own credentials are meant."""

from moto.organizations.models import organizations_backends

from irkit.world.aws.answer import ApiError, Result
from irkit.world.aws.cloud import Caller, Cloud
from irkit.world.aws.iam_view import PARTITION
from irkit.world.aws.registry import handles
from irkit.world.aws.roots import Roots, RootUser
from irkit.world.aws.wire import ApiCall


@handles("root/iam:GetLoginProfile")
def get_login_profile(cloud: Cloud, _call: ApiCall, caller: Caller) -> Result:
    """Say whether there is a password."""
    if not _root(cloud, caller).password:
        raise ApiError("NoSuchEntity", "Login Profile for root cannot be found.", 404)
    profile = {"UserName": "root", "CreateDate": cloud.now(), "PasswordResetRequired": False}
    return Result(members={"LoginProfile": profile})


@handles("root/iam:DeleteLoginProfile")
def delete_login_profile(cloud: Cloud, _call: ApiCall, caller: Caller) -> Result:
    """Take the password away."""
    root = _root(cloud, caller)
    if not root.password:
        raise ApiError("NoSuchEntity", "Login Profile for root cannot be found.", 404)
    root.password = False
    return Result()


@handles("root/iam:ListAccessKeys")
def list_access_keys(cloud: Cloud, _call: ApiCall, caller: Caller) -> Result:
    """List the keys."""
    keys = [
        {"AccessKeyId": key, "Status": status, "CreateDate": cloud.now()}
        for key, status in _root(cloud, caller).keys.items()
    ]
    return Result(members={"AccessKeyMetadata": keys, "IsTruncated": False})


@handles("root/iam:DeleteAccessKey")
def delete_access_key(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Delete a key."""
    return _removed(_root(cloud, caller).keys, call.text("AccessKeyId"))


@handles("root/iam:ListSigningCertificates")
def list_signing_certificates(cloud: Cloud, _call: ApiCall, caller: Caller) -> Result:
    """List the certificates."""
    found = [
        {
            "UserName": "root",
            "CertificateId": key,
            "CertificateBody": "",
            "Status": status,
        }
        for key, status in _root(cloud, caller).certificates.items()
    ]
    return Result(members={"Certificates": found, "IsTruncated": False})


@handles("root/iam:DeleteSigningCertificate")
def delete_signing_certificate(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Delete a certificate."""
    return _removed(_root(cloud, caller).certificates, call.text("CertificateId"))


@handles("root/iam:ListMFADevices")
def list_mfa_devices(cloud: Cloud, _call: ApiCall, caller: Caller) -> Result:
    """List the devices."""
    found = [
        {"UserName": "root", "SerialNumber": serial, "EnableDate": cloud.now()}
        for serial in _root(cloud, caller).mfa
    ]
    return Result(members={"MFADevices": found, "IsTruncated": False})


@handles("root/iam:DeactivateMFADevice")
def deactivate_mfa_device(cloud: Cloud, call: ApiCall, caller: Caller) -> Result:
    """Take a device off."""
    root, serial = _root(cloud, caller), call.text("SerialNumber")
    if serial not in root.mfa:
        raise ApiError("NoSuchEntity", f"MFA Device {serial} not found", 404)
    root.mfa.remove(serial)
    return Result()


@handles("iam:ListOrganizationsFeatures")
def list_organizations_features(cloud: Cloud, _call: ApiCall, caller: Caller) -> Result:
    """Say whether root credentials are managed centrally; only the management account may ask."""
    organization = organizations_backends[cloud.management][PARTITION].org
    if caller.account != cloud.management or organization is None:
        raise ApiError("AccessDenied", "You don't have permissions to access this resource.", 403)
    managed = cloud.own(Roots).managed
    return Result(
        members={
            "OrganizationId": organization.id,
            "EnabledFeatures": ["RootCredentialsManagement"] if managed else [],
        }
    )


def _root(cloud: Cloud, caller: Caller) -> RootUser:
    return cloud.own(Roots).of(caller.account)


def _removed(held: dict[str, str], identifier: str) -> Result:
    if identifier not in held:
        raise ApiError("NoSuchEntity", f"{identifier} cannot be found.", 404)
    del held[identifier]
    return Result()
