"""The reference, the policy variants of Pôle Reyers, and overrides, in YAML."""
