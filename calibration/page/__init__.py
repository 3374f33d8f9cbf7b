"""The page of a survey: what it says, how sure that is, and what it becomes."""
