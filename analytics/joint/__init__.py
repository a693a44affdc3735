"""Several sensors of one asset, or windows of one series, judged together: what a row should be, given its own rest."""
