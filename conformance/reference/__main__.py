"""`python -m conformance.reference --settings FILE`; `-` takes a line of JSON from standard input and ends with it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from conformance import documents
from conformance.model import ConfigurationFault
from conformance.reference import process
from conformance.reference.settings import Settings

_CONFIGURATION = 4


def main() -> int:
    """Run until stopped; 0, or 4 with one line on standard error when something given cannot be used."""
    parser = argparse.ArgumentParser(prog="conformance.reference", description="The reference Data Provider.")
    parser.add_argument("--settings", required=True, help="a YAML or JSON file; - for standard input")
    given = parser.parse_args().settings
    try:
        if given == "-":
            process.serve_for_parent()
        else:
            process.serve(documents.load(Path(given), Settings))
    except ConfigurationFault as fault:
        print(fault, file=sys.stderr)
        return _CONFIGURATION
    return 0


if __name__ == "__main__":
    sys.exit(main())
