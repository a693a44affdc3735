"""What puts the programs on a machine: the `vigie` command, embedded services, dashboards, containers."""
