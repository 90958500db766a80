"""Who may see what (SPEC 5 and 6): policy, labels, the access decision, charter, certificates, directory."""
