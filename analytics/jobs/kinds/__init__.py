"""Kinds of jobs, one module per kind: each exposes `KIND`, and is found by being here."""
