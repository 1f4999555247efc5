"""HTTP: parse, call, answer. Decisions live in `service.domain`, work in the modules beside this package."""
