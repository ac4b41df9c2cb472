"""Metrics: what a Prometheus server would read."""

import re
import timeit

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families

from server.metrics import Metrics


def samples(metrics):
    text, media_type = metrics.text()
    assert media_type.startswith("text/plain; version=")
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def test_what_happens_is_counted():
    metrics = Metrics()
    metrics.query("select", "ok", 0.003)
    metrics.query("select", "ok", 70)
    metrics.query("ask", "timeout", 30)
    metrics.waited(0.0001)
    metrics.request("sparql", 200)
    metrics.looked_up(True)
    metrics.looked_up(False)
    metrics.log_dropped(7)
    found = samples(metrics)
    assert found["jointure_queries_total", "ok", "select"] == 2
    assert found["jointure_queries_total", "ask", "timeout"] == 1
    assert found["jointure_query_duration_seconds_count", "select"] == 2
    assert found["jointure_query_duration_seconds_sum", "select"] == pytest.approx(70.003)
    assert found["jointure_query_duration_seconds_bucket", "0.005", "select"] == 1
    assert found["jointure_queue_wait_seconds_count",] == 1
    assert found["jointure_worker_kills_total", "timeout"] == 1
    assert found["jointure_http_requests_total", "200", "sparql"] == 1
    assert found["jointure_cache_hits_total",] == found["jointure_cache_misses_total",] == 1
    assert found["jointure_log_lines_dropped_total",] == 7


def test_the_state_is_read_when_it_is_asked_for():
    now = 1_000.0
    metrics = Metrics(lambda: now)
    assert samples(metrics)["jointure_snapshot_age_seconds",] == 0
    state = metrics.state
    state.idle, state.busy, state.starting, state.queued = 1, 2, 3, 4
    state.snapshot, state.published, state.cache_bytes = 5, 400, 6
    state.is_loading, state.is_in_memory, state.memory_bytes = True, True, 7
    found = samples(metrics)
    assert [found["jointure_workers", each] for each in ("idle", "busy", "starting")] == [1, 2, 3]
    assert found["jointure_queue_length",] == 4
    assert found["jointure_snapshot_number",] == 5
    assert found["jointure_snapshot_age_seconds",] == 600
    assert found["jointure_cache_bytes",] == 6
    assert found["jointure_snapshot_loading",] == found["jointure_snapshot_in_memory",] == 1
    assert found["jointure_snapshot_memory_bytes",] == 7


def test_the_process_is_among_it_and_two_servers_share_nothing():
    one, other = Metrics(), Metrics()
    one.looked_up(True)
    assert samples(one)["process_resident_memory_bytes",] > 1_000_000
    assert samples(other)["jointure_cache_hits_total",] == 0


def test_no_request_can_make_series_without_end():
    metrics = Metrics()
    before = len(samples(metrics))
    for number in range(100):
        metrics.query(f"form-{number}", f"outcome-{number}", 1)
        metrics.request(f"route-{number}", 200)
    found = samples(metrics)
    assert len(found) == before + 1
    assert found["jointure_queries_total", "error", "unknown"] == 100
    assert found["jointure_http_requests_total", "200", "other"] == 100


def test_names_follow_the_conventions_and_nothing_is_noise():
    names = {sample[0] for sample in samples(Metrics())}
    assert all(re.fullmatch(r"(jointure|process)_[a-z_]+", name) for name in names)
    assert not [name for name in names if name.endswith("_created")]


def test_open_metrics_is_written_where_it_is_preferred():
    accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    text, media_type = Metrics().text(accept)
    assert media_type.startswith("application/openmetrics-text")
    families = {family.name for family in open_metrics(text.decode())}
    assert "jointure_queries" in families


def test_an_observation_is_cheap():
    metrics = Metrics()
    runs = timeit.repeat(lambda: metrics.query("select", "ok", 0.003), number=2_000, repeat=10)
    # Measured: 2.5 us; the bound is for busy machines.
    assert min(runs) / 2_000 < 20e-6
