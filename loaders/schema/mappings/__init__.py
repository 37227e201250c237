"""Mapping files shipped with the product, one TOML file per foreign schema."""
