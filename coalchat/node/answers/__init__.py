"""What the node answers clients, one module a noun (SPEC 12).

Each class gives `handlers()`: its operations by request class. A handler gets the request and the session that asks,
and raises `CoalchatError` for whatever a person can act on; the server turns the rest into `InternalError`.
"""
