"""A playbook as a picture: phases with their steps, approvals and what they wait for."""
