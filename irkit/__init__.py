"""irkit: incident response playbooks with a truthful dry run, approvals and a signed trail."""

__version__ = "0.1.0"
