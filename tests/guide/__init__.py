"""The technicians' guide: the demo town, a browser that goes through each chapter, and the book that comes of it."""
