"""What people say of topics and papers: kept in a database beside the snapshots, never in them."""
