"""The stores that every store test runs on."""

STORES = ("sqlite", "neo4j")
