"""What series did in their last rows, whatever their rhythm: running moments, windows, hours of the day, contexts."""
