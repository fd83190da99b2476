"""HTTP requests that a PBX sends to servers of its customer: questions and notices."""
