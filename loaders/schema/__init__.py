"""What the loader accepts: canonical tables and columns, the relations their rows make, mappings of foreign schemas."""
