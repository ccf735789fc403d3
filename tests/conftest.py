"""What all tests share: properties are judged by what they find, never by how long they took."""

import gc

from hypothesis import HealthCheck, settings

settings.register_profile("irkit", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.load_profile("irkit")

# A simulated AWS is a million objects, none of them garbage: looking through them all every few
# tests took a seventh of the suite's time.
gc.set_threshold(50_000, 50, 50)
