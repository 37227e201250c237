"""The shared store: one database of a Neo4j server."""
