"""Velocity and place 多头、频次、异地: too much in too short a time, or from too far away."""
