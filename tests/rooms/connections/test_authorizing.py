"""Being let in: there and back once, in one session, for one tenant and platform; used only once it is chosen."""

from __future__ import annotations

import logging as standard_logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest
from tests.conftest import Registering
from tests.installation import Installation, finished, work_off
from tests.rooms import rows
from tests.rooms.connections import consenting
from tests.rooms.connections.consenting import agree, go_and_return, let_in, view
from tests.rooms.connections.test_connecting import account, connect, login, sealed
from tests.rooms.connections.test_refreshing import chore, held

from adloom.connections import apps, authorizations, proofs, queries
from adloom.core import logging, settings
from adloom.core.actor import Actor, Role
from adloom.core.errors import Conflict, Forbidden, Invalid, NotFound, OverLimit
from adloom.db import session as db
from adloom.db.urls import Urls
from adloom.platforms import registry
from adloom.platforms.types import Platform

GOOGLE, META, MICROSOFT, TIKTOK = Platform


@pytest.fixture(autouse=True)
def apps_registered(installed: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An app at each platform."""
    consenting.register_apps(installed.line, monkeypatch)
    yield
    settings.load.cache_clear()


@pytest.mark.parametrize("platform", list(Platform))
def test_a_person_goes_there_and_back_chooses_and_is_connected(
    installed: Installation, actor: Actor, platform: Platform
) -> None:
    authorization_id = go_and_return(actor, platform)
    work_off()
    found = view(actor, authorization_id)
    assert (found.status, found.error_message) == ("found", None)
    assert installed.line[platform]["account_id"] in [each.external_id for each in found.accounts]
    assert not any(known.is_connected or known.is_active for known in queries.credentials(actor))
    assert queries.accounts(actor) == ()

    job_id = authorizations.confirm(
        actor, authorization_id=authorization_id, accounts=[installed.line[platform]["account_id"]]
    )
    work_off()
    assert finished(actor, job_id).status == "completed", finished(actor, job_id).error
    assert view(actor, authorization_id).status == "connected"
    assert (login(actor).is_active, login(actor).is_connected) == (True, True)
    assert account(actor).external_id == installed.line[platform]["account_id"]
    assert held(actor, platform).client_id == installed.line[platform]["client_id"]
    assert sealed(actor)[1] is None


def test_only_what_was_chosen_is_connected_and_for_the_client_that_was_named(
    installed: Installation, actor: Actor
) -> None:
    client = rows.client(actor)
    assert let_in(actor, installed, TIKTOK, client_id=client).status == "completed"
    assert account(actor).client_id == client


@pytest.mark.parametrize("platform", list(Platform))
def test_where_a_person_is_led_holds_a_state_and_exactly_our_address(
    installed: Installation, actor: Actor, platform: Platform
) -> None:
    begun = authorizations.begin(actor, platform=platform, session_id=uuid4())
    query = parse_qs(urlsplit(begun.url).query)
    assert query["redirect_uri"] == [f"http://127.0.0.1:8420/connections/{platform.value}/callback"]
    assert len(query["state"][0]) == 43
    if registry.adapter(platform).uses_pkce:
        assert (len(query["code_challenge"][0]), query["code_challenge_method"]) == (43, ["S256"])
    assert begun.url not in repr(begun)


def test_our_address_is_the_settings_and_nothing_elses(
    installed: Installation, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADLOOM_PUBLIC_URL", "https://ads.example.com/")
    settings.load.cache_clear()
    assert apps.redirect_uri(META) == "https://ads.example.com/connections/facebook_ads/callback"


def test_a_state_counts_once(installed: Installation, actor: Actor) -> None:
    session_id = uuid4()
    state, code = agree(authorizations.begin(actor, platform=TIKTOK, session_id=session_id).url)
    back = {"platform": TIKTOK, "session_id": session_id, "state": state}
    authorizations.returned(actor, **back, code=code)
    with pytest.raises(Conflict, match="does not count"):
        authorizations.returned(actor, **back, code=code)
    assert [job.type for job in work_off()] == ["connections.exchange"]


def test_a_state_counts_for_its_session_person_tenant_and_platform_alone(
    installed: Installation, actor: Actor, second_tenant: Actor, register: Registering
) -> None:
    session_id = uuid4()
    state, code = agree(authorizations.begin(actor, platform=TIKTOK, session_id=session_id).url)
    member = replace(actor, person_id=register("member@example.com").person_id)
    for who, session, platform, given in (
        (actor, uuid4(), TIKTOK, state),
        (member, session_id, TIKTOK, state),
        (second_tenant, session_id, TIKTOK, state),
        (replace(second_tenant, person_id=actor.person_id), session_id, TIKTOK, state),
        (actor, session_id, GOOGLE, state),
        (actor, session_id, TIKTOK, proofs.fingerprint(state)),
        (actor, session_id, TIKTOK, ""),
    ):
        with pytest.raises(Conflict) as refused:
            authorizations.returned(who, platform=platform, session_id=session, state=given, code=code)
        assert refused.value.code == "state_not_known"
    assert work_off() == []
    authorizations.returned(actor, platform=TIKTOK, session_id=session_id, state=state, code=code)
    assert [job.type for job in work_off()] == ["connections.exchange"]


def test_a_state_counts_for_ten_minutes(installed: Installation, actor: Actor) -> None:
    session_id = uuid4()
    state, code = agree(authorizations.begin(actor, platform=TIKTOK, session_id=session_id).url)
    installed.pass_time("PT10M")
    with pytest.raises(Conflict):
        authorizations.returned(actor, platform=TIKTOK, session_id=session_id, state=state, code=code)


def test_a_person_who_does_not_agree_is_told_so_and_nothing_is_changed(installed: Installation, actor: Actor) -> None:
    connect(actor, installed, TIKTOK)
    before = sealed(actor)
    session_id = uuid4()
    begun = authorizations.begin(actor, platform=TIKTOK, session_id=session_id)
    state = parse_qs(urlsplit(begun.url).query)["state"][0]
    authorizations.returned(
        actor, platform=TIKTOK, session_id=session_id, state=state, code=None, refusal="access_denied"
    )
    assert (view(actor, begun.id).status, "did not let" in (view(actor, begun.id).error_message or "")) == (
        "failed",
        True,
    )
    assert work_off() == []
    assert sealed(actor) == before


def test_what_a_platform_is_said_to_have_said_is_not_repeated(installed: Installation, actor: Actor) -> None:
    session_id = uuid4()
    begun = authorizations.begin(actor, platform=TIKTOK, session_id=session_id)
    state = parse_qs(urlsplit(begun.url).query)["state"][0]
    word = "call-this-number"
    authorizations.returned(actor, platform=TIKTOK, session_id=session_id, state=state, code=None, refusal=word)
    assert word not in (view(actor, begun.id).error_message or "")


@pytest.mark.parametrize("platform", list(Platform))
def test_a_code_that_was_spent_leads_nowhere_and_takes_no_good_login_along(
    installed: Installation, actor: Actor, platform: Platform
) -> None:
    connect(actor, installed, platform)
    before = sealed(actor)
    session_id = uuid4()
    begun = authorizations.begin(actor, platform=platform, session_id=session_id)
    state, _ = agree(begun.url)
    authorizations.returned(actor, platform=platform, session_id=session_id, state=state, code="of-somebody-else")
    work_off()
    found = view(actor, begun.id)
    assert (found.status, bool(found.error_message)) == ("failed", True)
    assert sealed(actor) == before
    assert login(actor).is_active


@pytest.fixture
def everything_logged(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Every line of every logger reaches standard error, as long as the test lasts."""
    root = standard_logging.getLogger()
    before, level = root.handlers[:], root.level
    logging.configure("DEBUG")
    yield
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.parametrize("platform", list(Platform))
def test_code_state_and_verifier_are_in_no_row_and_no_log(
    installed: Installation,
    actor: Actor,
    database: Urls,
    platform: Platform,
    capfd: pytest.CaptureFixture[str],
    everything_logged: None,
) -> None:
    session_id = uuid4()
    begun = authorizations.begin(actor, platform=platform, session_id=session_id)
    state, code = agree(begun.url)
    authorizations.returned(actor, platform=platform, session_id=session_id, state=state, code=code)
    waiting = _everything(database)
    work_off()
    assert view(actor, begun.id).status == "found"
    found = waiting + _everything(database) + "".join(capfd.readouterr())
    assert [secret for secret in (state, code) if secret in found] == []
    assert _secrets(begun.id) == (None, None), "what was exchanged is forgotten"


def test_the_application_cannot_read_a_code_that_it_sealed(installed: Installation, actor: Actor) -> None:
    go_and_return(actor, TIKTOK)
    for column in ("code_encrypted", "verifier_encrypted"):
        with pytest.raises(Exception, match="permission denied"), db.reading(actor) as session:
            session.connection().exec_driver_sql(f"SELECT {column} FROM authorizations")


def test_a_login_that_nobody_chose_from_is_forgotten_after_an_hour(installed: Installation, actor: Actor) -> None:
    authorization_id = go_and_return(actor, TIKTOK)
    work_off()
    with db.owner_connection() as connection:
        connection.execute("UPDATE background_jobs SET scheduled_at = now() WHERE job_type = 'connections.forget'")
    work_off()
    assert view(actor, authorization_id).status == "failed"
    assert sealed(actor)[:2] == ("", None)
    with pytest.raises(Conflict):
        authorizations.confirm(actor, authorization_id=authorization_id, accounts=["1"])


def test_a_login_that_was_chosen_from_is_not_forgotten(installed: Installation, actor: Actor) -> None:
    assert let_in(actor, installed, TIKTOK).status == "completed"
    with db.owner_connection() as connection:
        connection.execute("UPDATE background_jobs SET scheduled_at = now() WHERE job_type = 'connections.forget'")
    assert [job.type for job in work_off()] == ["connections.forget"]
    assert login(actor).is_active


def test_what_was_never_chosen_is_not_taken_into_use_by_the_daily_check(installed: Installation, actor: Actor) -> None:
    go_and_return(actor, TIKTOK)
    work_off()
    with db.worker_transaction() as session:
        rows_of = session.connection().exec_driver_sql("SELECT count(*) FROM list_credentials()").scalar_one()
    assert rows_of == 1
    chore("connections.check_all")
    assert (login(actor).is_active, login(actor).is_connected) == (False, False)


def test_only_what_was_found_can_be_chosen(installed: Installation, actor: Actor, second_tenant: Actor) -> None:
    authorization_id = go_and_return(actor, TIKTOK)
    with pytest.raises(Conflict, match="returned"):
        authorizations.confirm(actor, authorization_id=authorization_id, accounts=["1"])
    work_off()
    for chosen in ([], ["999"], [installed.line[TIKTOK]["account_id"], "999"]):
        with pytest.raises(Invalid):
            authorizations.confirm(actor, authorization_id=authorization_id, accounts=chosen)
    for stranger in (second_tenant, replace(second_tenant, person_id=actor.person_id)):
        with pytest.raises(NotFound):
            authorizations.confirm(stranger, authorization_id=authorization_id, accounts=["1"])
        assert queries.authorization(stranger, authorization_id=authorization_id) is None
    assert view(actor, authorization_id).status == "found"


@pytest.fixture
def one_account(database: Urls) -> Iterator[None]:
    """Every tier has one ad account; the table outlives the test, so it is put back."""
    with psycopg.connect(database.owner, autocommit=True) as connection:
        connection.execute("UPDATE tier_limits SET max_platform_accounts = 1")
        yield
        connection.execute("UPDATE tier_limits SET max_platform_accounts = NULL")


def test_more_accounts_than_the_tier_has_are_refused_before_anything_is_in_use(
    installed: Installation, actor: Actor, one_account: None
) -> None:
    authorization_id = go_and_return(actor, TIKTOK)
    work_off()
    wanted = [installed.line[TIKTOK]["account_id"]]
    rows.account(actor, GOOGLE)
    with pytest.raises(OverLimit):
        authorizations.confirm(actor, authorization_id=authorization_id, accounts=wanted)
    assert view(actor, authorization_id).status == "found"
    assert not any(known.is_connected for known in queries.credentials(actor) if known.platform is TIKTOK)
    with db.owner_connection() as connection:
        connection.execute("UPDATE platform_accounts SET status = 'disconnected'")
    job_id = authorizations.confirm(actor, authorization_id=authorization_id, accounts=wanted)
    work_off()
    assert finished(actor, job_id).status == "completed"


def test_viewers_and_members_of_one_client_neither_begin_nor_return_nor_choose(
    installed: Installation, actor: Actor
) -> None:
    session_id = uuid4()
    state, code = agree(authorizations.begin(actor, platform=TIKTOK, session_id=session_id).url)
    for who in (replace(actor, role=Role.VIEWER), replace(actor, client_id=rows.client(actor, str(uuid4())))):
        with pytest.raises(Forbidden):
            authorizations.begin(who, platform=TIKTOK, session_id=session_id)
        with pytest.raises(Forbidden):
            authorizations.returned(who, platform=TIKTOK, session_id=session_id, state=state, code=code)
        with pytest.raises(Forbidden):
            authorizations.confirm(who, authorization_id=uuid4(), accounts=["1"])


def test_without_an_app_the_missing_variables_are_named(
    installed: Installation, actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ADLOOM_TIKTOK_CLIENT_SECRET")
    monkeypatch.delenv("ADLOOM_GOOGLE_DEVELOPER_TOKEN")
    settings.load.cache_clear()
    assert apps.missing(META) == ()
    for platform, name in ((TIKTOK, "ADLOOM_TIKTOK_CLIENT_SECRET"), (GOOGLE, "ADLOOM_GOOGLE_DEVELOPER_TOKEN")):
        with pytest.raises(Invalid) as refused:
            authorizations.begin(actor, platform=platform, session_id=uuid4())
        assert [error.field for error in refused.value.errors] == [name]


def test_a_challenge_is_that_of_the_rfc() -> None:
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert proofs.challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert (len(proofs.new_verifier()), len(proofs.new_state())) == (86, 43)
    assert timedelta(minutes=10) == proofs.LIFETIME


def _everything(database: Urls) -> str:
    """Every row of every table, as text."""
    with psycopg.connect(database.owner) as connection:
        names = connection.execute(
            """
            SELECT relname
            FROM pg_class
            WHERE relnamespace = 'public'::regnamespace
                AND relkind IN ('r', 'p')
                AND NOT relispartition
            """
        ).fetchall()
        return "".join(
            str(connection.execute(f"SELECT string_agg(t::text, ' ') FROM {name} AS t").fetchone()) for (name,) in names
        )


def _secrets(authorization_id: UUID) -> tuple[str | None, str | None]:
    with db.owner_connection() as connection:
        row = connection.execute(
            "SELECT code_encrypted, verifier_encrypted FROM authorizations WHERE id = %s", (authorization_id,)
        ).fetchone()
    assert row is not None
    return row[0], row[1]
