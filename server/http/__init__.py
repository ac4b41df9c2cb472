"""HTTP itself: connections, codings, origins, proxies, the log; may import what server may."""
