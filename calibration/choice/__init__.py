"""Logit models of site choice with weights, and errors that know the design."""
