"""The city's door for citizens: an Open311 GeoReport v2 server, XML and JSON, without an account."""
