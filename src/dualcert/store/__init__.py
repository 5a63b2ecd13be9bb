"""The log as it is stored: facts as bytes, stores by URL, reading fast and appending safely."""
