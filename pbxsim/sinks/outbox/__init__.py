"""The outbox: notices to the customer's servers, kept until they are delivered, in one order for each receiver.

Not here: what a notice says (the vendors), where it lasts (sinks/store).
"""
