"""The store: call records, charges, deliveries and the directory in a database, so that nothing is lost.

SQLAlchemy and the databases' drivers are imported here and nowhere else, and only when a store is connected. Not here:
the port by which a PBX reaches its store (sinks/store/port.py), what a delivery is (sinks/delivery.py).
"""
