"""Which calls change something is told of each, so that no new one is struck as what it is not."""

from inspect import getmembers, isfunction

import pytest

from chalicelib.alerts.base import Alerter
from chalicelib.channels.base import Channel
from chalicelib.store.base import Store
from tests.matrix.layer import READS, WRITES
from tests.matrix.vendor import PURE


@pytest.mark.parametrize("interface", [Store, Channel, Alerter])
def test_each_call_of_a_collaborator_is_named_as_a_read_or_as_a_write(interface: type):
    calls = {name for name, _ in getmembers(interface, isfunction) if not name.startswith("_")} - {*PURE}

    assert calls - READS - WRITES == set()


def test_no_call_is_both_and_none_is_unknown():
    interfaces = (Store, Channel, Alerter)

    assert READS.isdisjoint(WRITES)
    assert {name for name in READS | WRITES if not any(hasattr(one, name) for one in interfaces)} == set()
