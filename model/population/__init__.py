"""The base year: firms, workers and communities, and constants that bring it back."""
