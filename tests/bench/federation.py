#!/usr/bin/env python3
"""Runs the federation benchmark; prints one JSON line."""
import in_folder

in_folder.run("federation")
