"""From a question to runs, tables, indices and a report."""
