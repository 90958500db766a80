"""`python -m coalchat.node`."""

from coalchat.node.main import main

raise SystemExit(main())
