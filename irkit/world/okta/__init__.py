"""The simulated Okta org: a real HTTP server with a state machine behind it.

`state.OktaState` is what the org holds and how it is seeded, `api/` has one file per resource,
`pipeline` is what every request passes through, and `server.OktaServer` puts it on loopback.
"""
