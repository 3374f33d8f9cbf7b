"""What a measurement was made with: versions, cores, and how busy they are."""

from __future__ import annotations

import os
import platform
from datetime import date

import mesa
import numba
import numpy as np


def description() -> str:
    """Date, versions, cores and the load of the last minute, in one line."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{date.today()}, Python {platform.python_version()}, Mesa {mesa.__version__}, "
        f"numpy {np.__version__}, numba {numba.__version__}, "
        f"{platform.machine()}, {os.cpu_count()} cores{load}"
    )
