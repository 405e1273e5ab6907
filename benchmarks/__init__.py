"""What is measured, by real processes and a real browser; ``docs/benchmarks.md`` says how."""
