"""The HTTP edge: the app put together, sessions, and the guard in front of every route."""
