"""What the server of processes loads once, so that no worker has to.

Importing this module loads the model and the package's own region.
"""

from experiments.simulate import execute
from model.geography import load_region

__all__ = ["execute"]

load_region()
