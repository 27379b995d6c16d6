"""The maritime-security common operating picture: one all-hazards picture of ports and shipping."""

__version__ = "0.1.0"
