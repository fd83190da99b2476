"""The reports: calls, callers in queues, agents in queues, recordings; what is asked for, and how rows are spelt."""
