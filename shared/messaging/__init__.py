"""One declared topology, the batch consumer, the relay and the runtime: all that knows AMQP."""
