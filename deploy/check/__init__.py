"""`vigie check`: would this broker or this database lose data, and how is that mended?"""
