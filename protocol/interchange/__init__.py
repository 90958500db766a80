"""Policies and labels as other systems write them (SPEC 5.6): XML SPIF in, STANAG 4774 labels in and out. Nothing of it
travels between nodes.
"""
