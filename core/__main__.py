"""``python -m core``: the command line."""

import sys

from core.entrypoints.python import complaint

if __name__ == "__main__":
    if sentence := complaint():
        sys.exit(sentence)
    from core.entrypoints.cli import main

    sys.exit(main())
