"""Which policy, under what: choosing well when nobody knows the future."""
