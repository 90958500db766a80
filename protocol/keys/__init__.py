"""Keys of compartments (SPEC 7): segment chains and editions, OTAR, and the TEK envelopes sealed to them."""
