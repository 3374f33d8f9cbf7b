"""What happens in a month: one process a file, on arrays; they know no agents."""
