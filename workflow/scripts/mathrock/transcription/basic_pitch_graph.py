"""Rewrite Basic Pitch's ONNX graph to compute the same values in less than half the time.

onnxruntime always computes 16 output channels of a convolution at once, even if there is one, and
copies arrays element by element where the innermost axis has length one. The model's convolutions
have 1 or 8 channels, and its harmonics are stacked on such an axis. Three rewrites follow, none of
which changes the values:

- a convolution with few channels computes neighbouring positions as additional channels, with a
  shifted kernel for each, and a transposition moves them back to their positions;
- the harmonics are stacked as channels from the start;
- frames near the ends of a window, which overlap with the neighbouring windows and are dropped, are
  only computed if frames that are kept depend on them.
"""

import math
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from mathrock.files.atomic import replacing

FRAMES, CQT_BINS, CONTOUR_BINS, NOTE_BINS = 172, 309, 264, 88
MARGIN = 4  # frames left out at each end of a window: those that are kept do not depend on them
INNER = FRAMES - 2 * MARGIN
HARMONICS = (0.5, 1, 2, 3, 4, 5, 6, 7)
BINS_PER_OCTAVE = 36
LANES = 32  # channels of a rewritten convolution: two at a time share what onnxruntime loads
GROUP = LANES // len(HARMONICS)  # bins that become channels where there are 8 channels already

# Ends of names in Basic Pitch's graph.
_SPECTROGRAM = "normalized_log_1/div_no_nan3"  # constant-Q, normalised: (1, 172, 309)
_SCALE, _SHIFT = "batch_normalization/FusedBatchNormV3", "batch_normalization/FusedBatchNormV31"
_DETAIL = "conv2d_1/Conv2D1"  # what the contours are reduced from, 8 channels
_CONTOUR = "contours-reduced/BiasAdd/ReadVariableOp"
_ONSET = "conv2d_5/BiasAdd/ReadVariableOp"
_STACKED = "conv2d_4/Conv2D1__376:0"  # the spectrogram's harmonics: (1, 8, 172, 264)


class UnknownGraph(ValueError):
    """An error for a model that is not the version for which this module was written."""


def rewrite_model(model: str | Path, path: str | Path) -> None:
    """Rewrite Basic Pitch's `model` to `path`, whole or not at all.

    The outputs of the result cover frames [MARGIN, 172 - MARGIN) of a window.

    Raises:
        UnknownGraph: the model is another version.
    """
    proto = onnx.load(model)
    graph = proto.graph
    graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    sizes = _widths(graph)
    _stack_harmonics(graph)
    _shorten(graph)
    _split_note_from_onset(graph)
    for node in [node for node in graph.node if node.op_type == "Conv"]:
        _spread(graph, node, sizes.get(node.output[0], 0))
    _drop_unused(graph)
    _sort(graph)
    del graph.value_info[:]
    onnx.checker.check_model(proto)
    with replacing(path) as temporary:
        temporary.write_bytes(proto.SerializeToString())


def _widths(graph) -> dict[str, int]:
    """Collect the length of the last axis of each value whose shape the model fixes."""
    shapes = onnx.shape_inference.infer_shapes(helper.make_model(graph)).graph.value_info
    sizes = {info.name: info.type.tensor_type.shape.dim for info in shapes}
    return {name: size[-1].dim_value for name, size in sizes.items() if len(size)}


def _named(names, end: str) -> str:
    found = [name for name in names if name.endswith(end)]
    if len(found) != 1:
        raise UnknownGraph(f"Basic Pitch's model has {len(found)} values named ...{end}, not one")
    return found[0]


def _maker(graph, end: str):
    """Find the node that makes the value whose name ends in `end`."""
    name = _named([output for node in graph.node for output in node.output], end)
    return next(node for node in graph.node if name in node.output)


def _constant(graph, name: str, value) -> str:
    graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
    return name


def _values(graph, name: str) -> np.ndarray:
    return next(numpy_helper.to_array(i) for i in graph.initializer if i.name == name)


def _stack_harmonics(graph) -> None:
    """Stack harmonics as channels: (1, 172, 309) -> (1, 8, INNER, 264).

    Bin f of channel h is bin f + shift(h), or 0.
    """
    outputs = [output for node in graph.node for output in node.output]
    constants = [initializer.name for initializer in graph.initializer]
    spectrogram, stacked = _named(outputs, _SPECTROGRAM), _named(outputs, _STACKED)
    shifts = [round(BINS_PER_OCTAVE * math.log2(harmonic)) for harmonic in HARMONICS]
    before, after = -min(shifts), max(shifts) + CONTOUR_BINS - CQT_BINS
    graph.node.remove(next(node for node in graph.node if stacked in node.output))

    def add(kind: str, inputs: list[str], output: str, **attributes) -> str:
        graph.node.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def bounds(name: str, axis: int, start: int, stop: int) -> list[str]:
        ends = {"start": start, "stop": stop, "axis": axis}
        return [_constant(graph, f"{name}_{key}", [value]) for key, value in ends.items()]

    scale = _constant(graph, "scale", _values(graph, _named(constants, _SCALE)).reshape(()))
    shift = _constant(graph, "shift", _values(graph, _named(constants, _SHIFT)).reshape(()))
    inner = bounds("inner", 1, MARGIN, FRAMES - MARGIN)
    shape = _constant(graph, "channel_shape", [1, 1, INNER, CQT_BINS])
    pads = _constant(graph, "pads", [0, 0, 0, before, 0, 0, 0, after])
    value = add("Slice", [spectrogram, *inner], "inner_frames")
    value = add("Add", [add("Mul", [value, scale], "scaled"), shift], "normalised")
    value = add("Pad", [add("Reshape", [value, shape], "channel"), pads], "padded")
    channels = [
        add("Slice", [value, *bounds(f"h{i}", 3, before + at, before + at + CONTOUR_BINS)], f"h{i}")
        for i, at in enumerate(shifts)
    ]
    add("Concat", channels, stacked, axis=1)


def _shorten(graph) -> None:
    """Set the shapes after the harmonics to INNER frames instead of all."""
    for initializer in graph.initializer:
        shape = numpy_helper.to_array(initializer)
        is_head = shape.dtype == np.int64 and shape.size >= 3
        if is_head and shape[-2] == FRAMES and shape[-1] in (CONTOUR_BINS, NOTE_BINS):
            shape = np.where(shape == FRAMES, INNER, shape)
            initializer.CopyFrom(numpy_helper.from_array(shape, initializer.name))
    for output in graph.output:
        output.type.tensor_type.shape.dim[0].dim_value = 1
        output.type.tensor_type.shape.dim[1].dim_value = INNER


def _split_note_from_onset(graph) -> None:
    """Split the last convolution, whose 33 input channels fill no lanes, into 32 and one."""
    node = _maker(graph, _ONSET)
    joined = next(node_ for node_ in graph.node if node.input[0] in node_.output)
    kernel = _values(graph, node.input[1])
    graph.node.remove(node)
    biases = {"few": node.input[2], "many": _constant(graph, "no_bias", np.zeros(1, np.float32))}
    kernels = {"few": kernel[:, :1], "many": kernel[:, 1:]}
    for (part, bias), channels in zip(biases.items(), joined.input, strict=True):
        weights = _constant(graph, f"onset_{part}_kernel", kernels[part])
        convolution = helper.make_node("Conv", [channels, weights, bias], [f"onset_{part}"])
        convolution.attribute.extend(node.attribute)
        graph.node.append(convolution)
    graph.node.append(helper.make_node("Add", ["onset_few", "onset_many"], [node.output[0]]))


def _spread(graph, node, width: int) -> None:
    """Compute neighbouring positions of a convolution with few channels as channels too."""
    kernel = _values(graph, node.input[1])
    channels, inputs, height, _ = kernel.shape
    if channels > LANES // 2:
        return
    attributes = {item.name: helper.get_attribute_value(item) for item in node.attribute}
    strides, pads = list(attributes["strides"]), list(attributes.get("pads", [0, 0, 0, 0]))
    if height == 1:  # a decimating filter of the constant-Q transform
        rows, columns, tall = 1, 16, 1
        pads[3] += -width % columns * strides[1]  # positions beyond the end, cut off again below
    else:
        rows, columns = (1, GROUP) if channels > 1 else (4, 4)
        tall, width = INNER, CONTOUR_BINS if inputs == len(HARMONICS) else NOTE_BINS
    name, place = node.output[0], list(graph.node).index(node)
    kernel = _spread_kernel(kernel, rows, columns, strides)
    strides = [strides[0] * rows, strides[1] * columns]
    if name.endswith(_CONTOUR):  # its input is left spread: see below
        kernel, strides[1], pads = _for_groups(kernel, pads[1]), strides[1] // GROUP, [2, 1, 2, 1]
    bias = np.tile(_values(graph, node.input[2]), rows * columns)
    weights = _constant(graph, f"{name}_spread_kernel", kernel)
    values = [node.input[0], weights, _constant(graph, f"{name}_spread_bias", bias)]
    # What the contours are reduced from stays in groups of bins; nothing else reads it.
    output = name if name.endswith(_DETAIL) else f"{name}_channels"
    shape = list(kernel.shape[2:])
    graph.node.remove(node)
    steps = [
        helper.make_node("Conv", values, [output], kernel_shape=shape, strides=strides, pads=pads)
    ]
    if output != name:
        steps += _put_in_places(graph, name, (rows, columns, channels, tall, width))
    for offset, step in enumerate(steps):
        graph.node.insert(place + offset, step)


def _spread_kernel(kernel, rows: int, columns: int, strides: list[int]) -> np.ndarray:
    """Make a shifted kernel for each of rows x columns positions: (positions * channels, ...)."""
    channels, inputs, height, breadth = kernel.shape
    size = (height + (rows - 1) * strides[0], breadth + (columns - 1) * strides[1])
    spread = np.zeros((rows, columns, channels, inputs, *size), np.float32)
    for row in range(rows):
        for column in range(columns):
            down, right = row * strides[0], column * strides[1]
            spread[row, column, :, :, down : down + height, right : right + breadth] = kernel
    return spread.reshape(-1, inputs, *size)


def _for_groups(kernel: np.ndarray, before: int) -> np.ndarray:
    """Regroup a kernel, padded by `before` bins, for an input whose bins are channels in groups."""
    outputs, inputs, height, breadth = kernel.shape
    left = -before % GROUP
    kernel = np.pad(kernel, ((0, 0), (0, 0), (0, 0), (left, -(left + breadth) % GROUP)))
    groups = kernel.reshape(outputs, inputs, height, -1, GROUP).transpose(0, 4, 1, 2, 3)
    return groups.reshape(outputs, GROUP * inputs, height, -1)


def _put_in_places(graph, name: str, sizes: tuple[int, int, int, int, int]) -> list:
    """Make the nodes that turn the channels of a spread convolution into positions again."""
    rows, columns, channels, tall, width = sizes
    wide = width + -width % columns
    apart = [rows, columns, channels, tall // rows, wide // columns]
    apart = _constant(graph, f"{name}_apart_shape", apart)
    whole = _constant(graph, f"{name}_whole_shape", [1, channels, tall, wide])
    cut = [_constant(graph, f"{name}_cut_{at}", [at]) for at in (0, width, 3)]
    order = [2, 3, 0, 4, 1]
    return [
        helper.make_node("Reshape", [f"{name}_channels", apart], [f"{name}_apart"]),
        helper.make_node("Transpose", [f"{name}_apart"], [f"{name}_placed"], perm=order),
        helper.make_node("Reshape", [f"{name}_placed", whole], [f"{name}_whole"]),
        helper.make_node("Slice", [f"{name}_whole", *cut], [name]),
    ]


def _drop_unused(graph) -> None:
    """Remove the nodes and constants that no output depends on any more."""
    makers = {output: node for node in graph.node for output in node.output}
    needed, waiting = set(), [output.name for output in graph.output]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += makers[name].input if name in makers else []
    for node in [node for node in graph.node if not needed & set(node.output)]:
        graph.node.remove(node)
    for constant in [c for c in graph.initializer if c.name not in needed]:
        graph.initializer.remove(constant)


def _sort(graph) -> None:
    """Put every node behind those whose outputs it uses."""
    known = {item.name for item in (*graph.initializer, *graph.input)}
    waiting, ordered = list(graph.node), []
    while waiting:
        ready = [node for node in waiting if known.issuperset(node.input)]
        known.update(output for node in ready for output in node.output)
        ordered += ready
        waiting = [node for node in waiting if node not in ready]
    del graph.node[:]
    graph.node.extend(ordered)
