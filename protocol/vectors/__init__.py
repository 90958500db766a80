"""Our own vectors: JSON files beside this module, for a second implementation and against a change by oversight.

One file a SPEC chapter, from fixed entropy (`drbg`); what the library draws itself stands in recorded.json and is kept
while it holds (`recorder`). `python -m protocol.vectors` rebuilds them, with `--check` it only says what would change.
hostile.json holds objects with one fault each and names the layer that must find it. Each file says in `format` what
its cases are and in `verification` what must hold of them; `notation` says how values are written.
"""
