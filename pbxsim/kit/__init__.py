"""What every vendor needs and none should write again: requests, parameters, replies, access checks, number shapes.

Not here: any vendor's own words, and any web framework.
"""
