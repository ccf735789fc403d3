# ruff: noqa: INP001  # a table for the script beside it, not a package
"""What the keys of a test file are for; the reference page and its test read them here."""

TOP = {
    "irkit": "The version of the format: 1",
    "tests": "The playbook that the file tests, and is named after",
    "policy": "How often each level is to be proven; see the ledger",
    "worlds": "Worlds that cases may name, besides the fixtures",
    "unit": "The cases",
    "sweeps": "What the generated tests start from",
    "preflight": "Checks against the live organization, before it matters",
    "canary": "The same for real, on identities that exist for nothing else",
}
WORLD = {
    "fixture": "The company: `acme-small` or `generated`",
    "seed": "What ids and keys depend on",
    "users": "How many people the generated company has",
    "intruder": "`false`: nobody has broken in, and only the innocent are at work",
    "story": "An intrusion of its own, by name, played besides the usual one or instead of it",
    "regions": "The AWS regions that irkit looks into (us-east-1)",
    "plant": "Further seats, by kind",
    "admins": "Administrator's roles by login, given out before the run",
}
CASE = {
    "name": "Unique in the file",
    "extends": "The case that this one starts from, expectations included",
    "world": "A world of `worlds`, or a fixture (`acme-small`)",
    "inputs": "Of the playbook, as on the command line. `seat.KIND` is the first seat of a kind, "
    "`user.NAME` the access key of an IAM user, `secret.NAME` the ARN of a secret",
    "requester": "Who asks for the run (dana)",
    "approvals": "`{phase, by, decision}`; without the key alice and bob approve whatever waits",
    "answers": "By manual step: the values, or `silent`",
    "faults": "`{on, as, nth, times, seconds, applied}`, in force during the first run",
    "down": "Providers that cannot be reached during the first run",
    "run": "`twice`: the playbook is run again, a minute later",
    "then": "`undo`: the first run is taken back",
    "expect": "What has to be so afterwards",
}
SWEEPS = {
    "case": "The case they start from (the first)",
    "users": "How many people the large company has (5000)",
    "within": "How long the case may take there; not looked at unless said",
}
