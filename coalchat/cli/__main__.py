"""`python -m coalchat.cli`: the same as `coalchat`."""

import sys

from coalchat.cli import main

if __name__ == "__main__":
    sys.exit(main())
