"""What one service instance counts; names and units as https://prometheus.io/docs/practices/naming asks."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_EVENTS = (1, 2, 5, 10, 20, 50, 100, 200)
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_WAITS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 4 * 3600, 24 * 3600)


class Metrics:
    """One instance's metrics in a registry of their own; counting costs about a microsecond, exposed or not."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._of_events()
        self._of_work()
        self._of_the_database()

    def set_aside(self, subscription: str, reason: str, *, final: bool) -> None:
        """Count an attempt that failed, and where its event went: `final` is the dead letters."""
        self.failed.labels(subscription).inc()
        if final:
            self.dead_lettered.labels(subscription, reason).inc()
        else:
            self.retried.labels(subscription).inc()

    def _of_events(self) -> None:
        self.handled = self._counter("cam_events_handled", "Events handled and committed.", "subscription")
        self.repeated = self._counter(
            "cam_events_repeated", "Events that came again and met their guard; counted as handled too.", "subscription"
        )
        self.failed = self._counter("cam_events_failed", "Attempts to handle an event that failed.", "subscription")
        self.retried = self._counter("cam_events_retried", "Events sent to a retry queue.", "subscription")
        self.dead_lettered = self._counter(
            "cam_events_dead_lettered", "Events put away as dead letters.", "subscription", "reason"
        )
        self.announced = self._counter("cam_events_announced", "Events committed to the outbox.", "type")
        self.batch_events = self._histogram(
            "cam_batch_events", "Events that were handled together.", _EVENTS, "subscription"
        )
        self.handler_seconds = self._histogram(
            "cam_handler_seconds", "How long a handler took for a batch.", _SECONDS, "subscription"
        )

    def _of_work(self) -> None:
        self.in_flight = self._gauge("cam_deliveries_in_flight", "Deliveries in the hands of handlers.")
        self.job_runs = self._counter(
            "cam_job_runs", "Runs of a job: done, failed, or waiting (outage).", "name", "outcome"
        )
        self.job_seconds = self._histogram("cam_job_seconds", "How long a run of a job took.", _SECONDS, "name")
        self.leases_lost = self._counter("cam_leases_lost", "Leases that passed to another instance during the work.")
        self.connected = self._gauge(
            "cam_broker_connected", "1 while this connection to the broker is up.", "connection"
        )
        self.alerts_requested = self._counter("cam_alerts_requested", "Alerts that were asked for.", "alert_type")
        self.reply_to_alert_seconds = self._histogram(
            "cam_reply_to_alert_seconds", "From the time a reply was received to its alert's acceptance.", _WAITS
        )

    def _of_the_database(self) -> None:
        self.outbox_events = self._gauge("cam_outbox_events", "Events that wait in the outbox, of all services.")
        self.outbox_oldest_seconds = self._gauge(
            "cam_outbox_oldest_seconds", "How long the oldest event has been waiting in the outbox."
        )
        self.unknown_sends = self._gauge(
            "cam_unknown_sends", "E-mails that may or may not have been sent, until they are settled."
        )

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(name, says, labels, registry=self.registry)

    def _gauge(self, name: str, says: str, *labels: str) -> Gauge:
        return Gauge(name, says, labels, registry=self.registry)

    def _histogram(self, name: str, says: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, says, labels, buckets=buckets, registry=self.registry)
