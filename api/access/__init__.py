"""Who may see what, and who saw it: the audit log."""
