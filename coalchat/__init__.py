"""The program: node, clients and front ends over the pure protocol."""

__version__ = "0.1.0"
