"""Sealed entries in append-only feeds, their payloads, and receipts folded into state (SPEC 8)."""
