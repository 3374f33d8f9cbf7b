"""The survey: its codebook, its reader, and the synthetic answers that are shipped."""
