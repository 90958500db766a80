"""The command line (SPEC 12): nouns and verbs, for people at a terminal and for programs without one.

One file a noun. `app` is the tree of commands, `door` runs it and turns errors into lines and exit codes, `options` has
what every command takes, `quick` opens the desk without all these, `session` finds and unlocks the node, `output` is the
one way to stdout.
Rule: heavy things are imported inside commands, so that `coalchat --help` is quick.
"""


def main() -> int:
    """Run the command that stands on the command line; its exit code."""
    import sys

    from coalchat.cli.quick import open_desk

    code = open_desk(sys.argv[1:])
    if code is not None:
        return code
    from coalchat.cli.door import run

    return run()
