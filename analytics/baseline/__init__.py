"""What would have been: models of metered use before a project, and how sure they are of what they say after it."""
