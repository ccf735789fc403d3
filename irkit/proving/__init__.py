"""Proving a playbook: the ladder from lint to drill, and the ledger of what was proven when."""
