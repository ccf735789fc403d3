"""The signed history: journal, Merkle tree, checkpoints, approvals, verification, anchors.

Floor 3. Imports only `model`, floor 0 and `cryptography`, so that an auditor can read all of it;
`orjson` makes reading faster where it is installed and never changes a verdict.
"""
