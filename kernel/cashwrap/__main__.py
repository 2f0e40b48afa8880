"""``python -m cashwrap``: the command line."""

import sys

from cashwrap.cli.main import main

sys.exit(main())
