"""Many machines: the cameras of one city shared among watchmen, which Ray starts where there is room.

Who watches what stands in the database, see `service.cameras.charge`; Ray only keeps the processes alive. Nothing else
of the service imports Ray, and no photo ever waits for it.
"""
