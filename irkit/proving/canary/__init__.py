"""A canary: a real containment in production, on an identity that exists for nothing else."""
