"""The only SQL of Vigie: connections, migrations, and one module with one `.sql` file per subject."""
