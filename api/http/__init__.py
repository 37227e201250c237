"""How the product is asked over HTTP."""
