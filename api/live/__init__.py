"""What is new, told as it comes: one look at the store for all who listen, each within what his key may see."""
