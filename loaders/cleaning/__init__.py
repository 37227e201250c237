"""Clean values: typed columns, normal forms of identifiers, check digits, and why a cell was rejected."""
