"""What every room stands on: errors, money, time, settings, logging, sealed secrets. Knows no room."""
