"""`make bench-fuzz`: requests drawn from the OpenAPI document; for bytes see `python -m bench.fuzz.inputs`."""

from bench.fuzz.requests import main

if __name__ == "__main__":
    main()
