"""How people reach the product: command line, HTTP service, evidence files, access and audit."""
