"""Requests made from the service's own description: every answer is one that it describes."""

import hypothesis
import pytest
import schemathesis
from ringfence.api.http.app import create_app
from ringfence.api.http.routes import root, router
from ringfence.api.jobs.table import Jobs
from ringfence.api.settings import Settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import positive_data_acceptance
from support.service import bearer, key_of

HOST = {"Host": "127.0.0.1"}
# One check is left out: texts that are no node, time or question are described as texts, and refused with 400.
ROUTES = sorted((route.path_format, method) for route in (*root.routes, *router.routes) for method in route.methods)


@pytest.fixture(scope="module")
def service(store_url, tmp_path_factory):
    """The service's description, and the headers of a key that may do everything; a job that no request can end keeps
    others from beginning."""
    settings = Settings(store=store_url, audit=tmp_path_factory.mktemp("fuzz") / "audit.db", rate_limit=1_000_000)
    job = Jobs(settings.jobs_file).begin("detect", "somebody elsewhere", None, pid=None)
    shown = HOST | bearer(key_of(settings, "admin", "investigator"))
    yield schemathesis.openapi.from_asgi("/v1/openapi.json", create_app(settings), headers=HOST), shown
    job.end("done", None)


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_every_answer_is_as_described(service, path, method):
    described, shown = service
    # Every request here meets a service that has just begun, and that is what 503 of /readyz says.
    left_out = [positive_data_acceptance, *([not_a_server_error] if path == "/readyz" else [])]

    @hypothesis.settings(max_examples=15, database=None, suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(case=described[path][method].as_strategy())
    def answers(case):
        case.call_and_validate(headers=shown, excluded_checks=left_out)

    answers()
