"""The schema's versions, each as it was released: never changed after, however the current tables grow."""
