"""The world: a simulated Okta org and AWS organization as real HTTP servers on loopback.

`world.World.start()` brings up both. They share a clock, a call log and a fault plan; `seats` holds
what an intruder has in hand. Nothing here is imported by the parts of irkit that act on providers.
"""
