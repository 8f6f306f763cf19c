"""Which devices are found, on machines that are made of files and a torch that answers."""

import os
import subprocess
import sys
import types

import pytest

from embeddings.encoders import devices
from embeddings.encoders.devices import find_devices, may_accelerate
from embeddings.errors import InputError, ModelError


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Return a function that sets up a machine: torch's build, driver, system."""

    def set_up(*, build="'12.6'", hip="None", driver=(), system="linux", processor="x86_64"):
        (tmp_path / "torch").mkdir(exist_ok=True)
        (tmp_path / "torch" / "version.py").write_text(
            f"from typing import Optional\n__version__ = '2.13.0'\ndebug = False\n"
            f"cuda: Optional[str] = {build}\ngit_version = 'cf'\nhip: Optional[str] = {hip}\n"
        )
        spec = types.SimpleNamespace(origin=str(tmp_path / "torch" / "__init__.py"))
        monkeypatch.setattr(devices, "find_spec", lambda _: spec if build else None)
        monkeypatch.setattr(devices, "_exists", lambda path: path in driver)
        monkeypatch.setattr(devices.sys, "platform", system)
        monkeypatch.setattr(devices.platform, "machine", lambda: processor)
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    return set_up


@pytest.fixture
def torch_says(monkeypatch):
    import torch

    def answer(*, cuda=0, mps=False):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: cuda)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return answer


NVIDIA = ("/dev/nvidiactl",)


def test_an_unknown_device_lists_the_known_ones():
    with pytest.raises(InputError, match="'gpu' is unknown: expected one of auto, cpu, cuda, mps"):
        find_devices("gpu")


@pytest.mark.parametrize("asked", ["auto", "cuda"])
def test_all_visible_gpus_are_found(machine, torch_says, asked):
    machine(driver=NVIDIA)
    torch_says(cuda=3)
    assert find_devices(asked) == ("cuda:0", "cuda:1", "cuda:2")


def test_a_gpu_of_amd_is_a_cuda_device(machine, torch_says):
    machine(build="None", hip="'6.4'", driver=("/dev/kfd",))
    torch_says(cuda=1)
    assert find_devices("auto") == ("cuda:0",)


def test_an_apple_chip_is_mps(machine, torch_says):
    machine(build="None", system="darwin", processor="arm64")
    torch_says(mps=True)
    assert find_devices("auto") == find_devices("mps") == ("mps",)


def test_the_cpu_is_the_cpu_whatever_there_is(machine, torch_says):
    machine(driver=NVIDIA)
    torch_says(cuda=3)
    assert find_devices("cpu") == ("cpu",)


def test_auto_goes_to_the_cpu_where_torch_finds_nothing(machine, torch_says):
    machine(driver=NVIDIA)
    torch_says()
    assert may_accelerate("auto")
    assert find_devices("auto") == ("cpu",)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"build": ""}, "torch is not installed"),
        ({"build": "None"}, "torch 2.13.0 is a build without CUDA; install one for your GPU"),
        ({"driver": ()}, "no driver of a GPU is installed"),
        ({"build": "None", "hip": "'6.4'", "driver": NVIDIA}, "no driver of a GPU is installed"),
    ],
)
def test_cuda_where_there_is_none_says_what_was_found(machine, setting, said):
    machine(**setting)
    assert not may_accelerate("auto")
    with pytest.raises(ModelError, match=rf"no cuda device to compute on: {said}.* --device cpu"):
        find_devices("cuda")


@pytest.mark.parametrize("hidden", ["", "-1"])
def test_hidden_gpus_are_told_from_missing_ones(machine, monkeypatch, hidden):
    machine(driver=NVIDIA)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
    with pytest.raises(ModelError, match=f"CUDA_VISIBLE_DEVICES='{hidden}' hides every GPU"):
        find_devices("cuda")


def test_cuda_that_torch_cannot_use_gives_torch_s_reason(machine, torch_says, monkeypatch):
    import warnings

    import torch

    def is_available():
        warnings.warn("The NVIDIA driver on your system is too old", stacklevel=1)
        return False

    machine(driver=NVIDIA)
    torch_says()
    monkeypatch.setattr(torch.cuda, "is_available", is_available)
    with pytest.raises(ModelError, match=r"finds none \(The NVIDIA driver on your system is too"):
        find_devices("cuda")


def test_mps_elsewhere_says_what_it_takes(machine):
    machine()
    with pytest.raises(ModelError, match="no mps device to compute on: it takes a Mac with"):
        find_devices("mps")


def test_mps_that_torch_cannot_use_says_what_to_update(machine, torch_says):
    machine(build="None", system="darwin", processor="arm64")
    torch_says()
    with pytest.raises(ModelError, match="no Metal support; update both, or type --device cpu"):
        find_devices("mps")


def test_an_unknown_layout_of_torch_s_files_leaves_the_answer_to_torch(machine, tmp_path):
    machine(driver=NVIDIA)
    (tmp_path / "torch" / "version.py").unlink()
    assert may_accelerate("auto")


def test_a_machine_without_a_gpu_is_known_without_torch():
    code = (
        "import sys; from embeddings.encoders.devices import find_devices;"
        "print(find_devices('auto'), 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    if sys.platform != "darwin":
        assert done.stdout.strip() == "('cpu',) False"
