"""Risky clusters: communities whose loans go bad more often than those of their peers."""
