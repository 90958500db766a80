"""Our own vectors (SPEC's last appendix): JSON files beside this module, one for each chapter, rebuilt with no diff."""
