import re
from itertools import pairwise

import pytest

from watchbell.desk.permissions import ERRAND_GRANTS, GRANTS, Errand, Permission, demand, may
from watchbell.errors import NotAllowedError
from watchbell.model.advertiser_accounts import AccountStage
from watchbell.model.partners import Role


def test_a_permission_is_written_scope_resource_action() -> None:
    assert all(re.fullmatch(r"(public|desk):[a-z]+:[a-z]+", permission) for permission in Permission)


def test_the_public_may_do_what_is_public_and_nothing_else() -> None:
    assert {permission for permission in Permission if may(None, permission)} == {
        permission for permission in Permission if permission.startswith("public:")
    }


def test_each_role_may_do_all_that_the_one_before_may() -> None:
    chain = [GRANTS[who] for who in (None, Role.ANALYST, Role.REVIEWER, Role.ADMIN)]
    assert all(lower <= higher for lower, higher in pairwise(chain))
    assert set(GRANTS) == {None, *Role}


@pytest.mark.parametrize("permission", [Permission.CASES_DECIDE, Permission.CASES_SHARE])
def test_an_analyst_neither_judges_nor_shares(permission: Permission) -> None:
    with pytest.raises(NotAllowedError, match="Your role does not allow this"):
        demand(Role.ANALYST, permission)
    demand(Role.REVIEWER, permission)


def test_an_advertiser_does_nothing_before_the_second_factor_is_set_up() -> None:
    assert set(ERRAND_GRANTS) == {None, *AccountStage}
    assert {errand for errand in ERRAND_GRANTS[None] if not errand.startswith("public:")} == set()
    assert ERRAND_GRANTS[AccountStage.ENROLLING] - ERRAND_GRANTS[None] == {Errand.ENROL}
    assert ERRAND_GRANTS[AccountStage.ENROLLED] == set(Errand) - {Errand.ENROL}


def test_no_errand_of_an_advertiser_is_a_permission_of_the_desk() -> None:
    assert not {errand.value for errand in Errand} & {permission.value for permission in Permission}
