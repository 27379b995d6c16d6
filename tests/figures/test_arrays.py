import numpy as np
import pytest
from figure_samples import unpack

from cop.figures.arrays import pack_array


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "int16", "uint8"])
def test_numbers_come_back_from_the_wire(dtype):
    values = np.array([0, 1, 27, 100])
    assert unpack(pack_array(values, dtype)).tolist() == values.tolist()


def test_big_endian_and_strided_input_is_sent_little_endian():
    values = np.arange(10, dtype=">f8")[::2]
    assert unpack(pack_array(values)).tolist() == [0, 2, 4, 6, 8]


def test_a_position_keeps_a_tenth_of_a_second():
    lon = np.array([-179.99872, 103.81234])
    assert np.abs(unpack(pack_array(lon)) - lon).max() < 0.1 / 3600


def test_a_type_the_browser_does_not_know_is_refused():
    with pytest.raises(KeyError):
        pack_array([1], "float16")
