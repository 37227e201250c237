"""Tables of any source become clean, versioned rows of the graph; nothing is dropped without a reject."""
