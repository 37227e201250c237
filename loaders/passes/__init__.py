"""Loading in two passes with flat memory: staged and gathered first, merged, compared and written second."""
