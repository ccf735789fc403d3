"""Reading a service that moto keeps by account and region, without loading it."""

import sys
from collections.abc import Callable
from typing import Any

from irkit.canonical import Json


def by_region(module: str, attribute: str, account: str, dump: Callable[[Any], Json]) -> Json:
    """Return what `dump` makes of each region's backend, regions with nothing in them left out.

    `attribute` of moto's `module` holds the backends. One that was never used stays unloaded.
    """
    loaded = sys.modules.get(module)
    if loaded is None:
        return {}
    backends = getattr(loaded, attribute)
    if account not in backends:
        return {}
    regions = {region: dump(backend) for region, backend in backends[account].items()}
    return {region: content for region, content in sorted(regions.items()) if content}
