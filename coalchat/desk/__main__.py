"""`python -m coalchat.desk`."""

from coalchat.desk.main import main

raise SystemExit(main())
