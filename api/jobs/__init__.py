"""Jobs: what works on a store for long, one at a time, with how far it has come."""
