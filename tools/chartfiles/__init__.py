"""What is generated of the Helm chart; see tools/chart."""
