from mathrock.rendering.effects.files import files_of, with_files

CHAINS = {
    "room": [{"Convolution": {"impulse_response_filename": "hall.wav", "mix": 0.3}}, "Chorus"],
    "both": [{"Mix": [[{"VST3Plugin": {"path_to_plugin_file": "amp.vst3"}}], ["Gain"]]}],
}


def test_files_are_found_at_any_depth():
    assert files_of(CHAINS) == ["hall.wav", "amp.vst3"]


def test_files_are_played_from_where_they_are():
    moved = with_files(CHAINS, ["/cache/hall.wav", "/cache/amp.vst3"])
    assert files_of(moved) == ["/cache/hall.wav", "/cache/amp.vst3"]
    assert moved["room"][0]["Convolution"]["mix"] == 0.3
    assert moved["room"][1] == "Chorus"
    assert files_of(CHAINS) == ["hall.wav", "amp.vst3"]
