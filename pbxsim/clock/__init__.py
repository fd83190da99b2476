"""Time, and nothing else: instants, the scheduler that orders work by them, and the driver that maps real time to them.

This package's root imports neither asyncio nor the driver, so that the switch can stand on it and stay pure.
"""
