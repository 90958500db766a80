"""What everything stands on (SPEC 3 and 4): errors, bounds, identifiers, the canonical codec, the primitives."""
