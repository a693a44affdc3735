"""What is usual for a series, learnt day by day: at each hour, from day to day, and how often it surprises."""
