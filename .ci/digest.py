"""One line for each table of a run: equal lines, equal values.

Prints the same on every interpreter, machine and day. Categories are written out as
text and numbers with all their digits, so that nothing but the values counts.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import fields

from model.simulation import MediaparkModel

SCENARIO, KEY = "full-plan", 1


def main() -> None:
    """Run a scenario to its end and print a digest of each of its tables."""
    outcome = MediaparkModel(SCENARIO, rng=KEY).run_model()
    for field in fields(outcome):
        table = getattr(outcome, field.name)
        text = table.to_csv(index=False, lineterminator="\n")
        digest = hashlib.sha256(text.encode()).hexdigest()
        sys.stdout.write(f"{field.name:12}{len(table):9d} rows  {digest}\n")


if __name__ == "__main__":
    main()
