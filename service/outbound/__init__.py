"""What the service says to others: signed webhooks and MQTT, over sockets that go only where they may."""
