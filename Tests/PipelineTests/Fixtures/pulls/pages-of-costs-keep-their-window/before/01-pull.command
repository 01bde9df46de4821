pull costs --since 2026-03-01
