"""The sandbox: four ad platforms, simulated on the wire.

It imports nothing of adloom and needs no database.
"""

VERSION = "0.1.0"
