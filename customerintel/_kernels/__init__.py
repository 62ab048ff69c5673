"""Compiled kernels: arrays in, arrays out. Nothing here is public."""
