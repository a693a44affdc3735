"""People told of incidents: who is on call, what is muted, what is written, by which way it goes out."""
