"""What the service says to others: signed webhooks out of the outbox, over sockets that go only where they may."""
