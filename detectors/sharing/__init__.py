"""What applicants share and how rare it is: the ground of rings, intermediaries and screening."""
