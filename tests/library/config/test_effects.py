import re

import pytest

from mathrock.config.effects import check_effects
from mathrock.config.errors import SettingsError
from settings_files import message

CHAINS = {
    "dirty": [{"Distortion": {"drive_db": 30}}],
    "space": [{"Reverb": {"room_size": 0.7, "wet_level": 0.4}}],
}


def settings(**changes):
    return {"chains": CHAINS, "parts": {"guitar": "dirty"}, "master": "space"} | changes


def test_right_settings_pass():
    check_effects(settings())
    check_effects(settings(parts={"drums": None}, master=None))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"chains": {"clean": ["Gian"]}}, r"effects\.chains\.clean\[0\] Gian: unknown effect"),
        ({"parts": {"bass": "x"}}, r"effects\.parts\.bass: there is no chain 'x'.*dirty, space"),
        ({"master": "x"}, r"effects\.master: there is no chain 'x'"),
    ],
)
def test_wrong_settings_are_named_with_their_place(changes, message):
    with pytest.raises(SettingsError, match=message):
        check_effects(settings(**changes))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("effects: {chains: {x: [Revrb: {}]}}", "effects.chains.x[0] Revrb: unknown effect"),
        ("effects: {chains: {x: [Reverb: {room: 1}]}}", "effects.chains.x[0] Reverb: unknown para"),
        ("effects: {chains: {x: [Reverb: {mix: 1}]}}", "effects.chains.x[0] Reverb"),
        ("effects: {chains: {x: Reverb}}", "effects.chains.x: expected a list of effects"),
        ("effects: {parts: {guitar: none}}", "effects.parts.guitar: there is no chain 'none'"),
        ("effects: {master: glu}", "effects.master: there is no chain 'glu'"),
    ],
)
def test_a_wrong_effect_of_the_configuration_is_named(text, wanted):
    assert message(text).startswith(wanted)


MANY = "Reverb, " * 60


@pytest.mark.parametrize("chain", [f"[{MANY}{MANY}]", f"[Mix: [[{MANY}], [Chain: [{MANY}]]]]"])
def test_a_chain_of_too_many_effects_is_refused(chain):
    line = message(f"effects: {{chains: {{x: {chain}}}}}")
    assert re.match(r"effects\.chains\.x: has 12\d effects, more than 100", line)
