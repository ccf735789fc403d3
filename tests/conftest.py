"""What all tests share: properties are judged by what they find, never by how long they took."""

from hypothesis import HealthCheck, settings

settings.register_profile("irkit", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.load_profile("irkit")
