"""What the graph is, where it is kept, and the fast picture of it."""
