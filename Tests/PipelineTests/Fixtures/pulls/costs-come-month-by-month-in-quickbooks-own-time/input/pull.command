pull costs --since 2026-01-15
