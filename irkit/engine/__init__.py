"""The engine: walk a playbook over what is known, decide in pure code, act in one loop."""
