"""Secrets as moto keeps them: their ARNs, which end in letters that it draws."""

from collections.abc import Iterator

from moto.secretsmanager.models import secretsmanager_backends

from irkit.world.aws.cloud import Cloud


def secret_arns(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield the name and ARN of every secret of the company."""
    with cloud.moto:
        for account in cloud.accounts:
            for backend in tuple(secretsmanager_backends[account.id].values()):
                for name, secret in backend.secrets.items():
                    yield name, secret.arn
