"""The catalogue of what is published, in the words of DCAT-AP 3."""
