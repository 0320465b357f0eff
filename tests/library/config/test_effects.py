import pytest

from mathrock.config.effects import check_effects
from mathrock.rendering.effects.chains import EffectError

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
    with pytest.raises(EffectError, match=message):
        check_effects(settings(**changes))
