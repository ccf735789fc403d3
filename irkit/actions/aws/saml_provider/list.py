"""Which identity providers an account believes, and which roles each of them leads into."""

from collections import defaultdict
from dataclasses import dataclass
from typing import ClassVar

from irkit.actions.aws_calls import all_of
from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.federated_roles import federated_in
from irkit.actions.shape import at, listed, maybe_text, text
from irkit.canonical import JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class List(Read):
    """Returns the SAML providers of one account, or the one of a name."""

    spec: ClassVar[Spec] = Spec(
        id="aws.saml_provider.list",
        version=1,
        verb=Verb.READ,
        summary="List whom an account believes, and into which roles",
        needs=("aws",),
        target="aws.account",
        permissions=Permissions(
            iam_read=("iam:GetSAMLProvider", "iam:ListRoles", "iam:ListSAMLProviders")
        ),
        reveals=(Kind.SAML_SIGNING_KEY,),
        attack=("T1484.002", "T1606.002"),
        d3fend=("D3-AI",),
        gotchas=(
            "A provider of nobody's is a way in of its own: compare with your list of them.",
            "A role may name a provider that is not there any more: it is in no answer.",
            "IAM Identity Center's own providers (AWSSSO_…) are among them: only AWS changes them.",
        ),
        result={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "arn": {"type": "string"},
                    "name": {"type": "string"},
                    "account": {"type": "string"},
                    "roles": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    )

    account: str = parameter("aws.account", "The account to look in")
    name: str = parameter("text", "Only the provider of this name; empty for all", default="")

    async def read(self, readers: Readers) -> Answer:
        """List providers and roles, and keep the metadata as evidence."""
        roles = await all_of(readers, "iam", "list_roles", "Roles", account=self.account)
        leads_to: dict[str, set[str]] = defaultdict(set)
        for role in roles:
            for provider in federated_in(at(role, "AssumeRolePolicyDocument")):
                leads_to[provider].add(text(role, "Arn"))
        found: list[JsonObject] = []
        evidence: list[JsonObject] = []
        for item in await all_of(
            readers, "iam", "list_saml_providers", "SAMLProviderList", account=self.account
        ):
            arn = text(item, "Arn")
            name = arn.rpartition("/")[2]
            if self.name in {"", name}:
                given = {"SAMLProviderArn": arn}
                reply = await readers.aws.call(
                    "iam", "get_saml_provider", given, account=self.account
                )
                metadata = maybe_text(reply.body, "SAMLMetadataDocument")
                evidence.append({"arn": arn, "metadata": metadata})
                found.append(
                    {
                        "arn": arn,
                        "name": name,
                        "account": self.account,
                        "roles": listed(sorted(leads_to[arn])),
                    }
                )
        return Answer(value=listed(found), raw=listed(evidence))
