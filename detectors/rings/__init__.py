"""Fraud rings 团伙: applicants tied by what they share more than chance and innocent causes explain."""
