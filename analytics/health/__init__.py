"""Health of assets: how likely each fails soon, what that costs, who says so. Written once a civil day."""
