"""The pages of a drill: one a role, the facilitator's with the truth, a projector's without it.

They are served by the process that runs the drill. Everything typed there goes through `Steering`,
as the commands do, and what a page may tell is decided in `seen_by_*` before a template sees it.
"""
