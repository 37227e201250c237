"""Pictures of the graph for the console: an explored neighbourhood, a guarantee circle."""
