"""The simulated AWS: moto's resources behind AWS's own access rules, on a real socket.

`simulator.AwsSimulator` is the way in. moto keeps the resources; who may do what, temporary
credentials, event history, propagation delays and faults are ours.
"""
