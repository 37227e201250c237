"""Where things stand in a picture, and how lines run between them."""
