"""Loops over arrays of node ids, compiled with Numba. Imported only where a kernel is needed."""
