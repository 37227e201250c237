"""Intermediaries 中介代办: one handset, contact, account, salesperson or invented employer behind many borrowers."""
