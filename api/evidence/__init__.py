"""The page of a finding: one HTML file that opens anywhere, with its picture."""
