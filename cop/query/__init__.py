"""What was asked: the address becomes `Filters`, and with a viewer becomes a `Where`. Pure."""
