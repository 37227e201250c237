"""The investigator's console: pages that the service sends to a browser, and that ask the service for all they show.

They are plain files without a build step. Nothing in them is data, so everybody may read them; what they show comes
with the key of whoever signed in.
"""
