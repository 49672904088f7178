#!/usr/bin/env python3
"""Runs the exchange benchmark; prints one JSON line."""
import in_folder

in_folder.run("exchange")
