"""Intermediaries 中介代办: a handset, a contact, an account, an employer's text or a salesperson behind many borrowers."""
