"""The fast picture of the graph: built from a store, kept as plain arrays, read by detectors and services."""
