"""The trace of plugins' hooks on a served till."""


def test_the_trace_is_switched_while_the_till_is_served(api, shop):
    """Each call with what it answered; off forgets. Without plugins it is empty."""
    assert api.get("/api/v1/trace").json() == {"on": False, "calls": []}
    assert api.put("/api/v1/trace", json={"on": True}).json() == {"on": True, "calls": []}
    assert api.put("/api/v1/trace", json={}).status_code == 422
    assert api.put("/api/v1/trace", json={"on": False}).json() == {"on": False, "calls": []}
