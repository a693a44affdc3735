"""What a project returns: its subsidy by the region's rule, a year's savings out of KPIs, payback and present value."""
