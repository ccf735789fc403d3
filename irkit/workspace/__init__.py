"""A workspace: `irkit.yaml`, who may approve, the policy these make, and where secrets are."""
