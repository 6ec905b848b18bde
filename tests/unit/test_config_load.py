"""Settings from files and variables."""

import subprocess
import sys
from pathlib import Path

import pytest

from filon.config.files import ConfigError
from filon.config.load import load, practice_endpoints
from filon.config.settings import Settings

CUSTOM = """\
version: "1"
endpoints:
  custom:
    - {{name: {name}, apiKey: k, baseURL: "{url}", models: {{default: [m]}}}}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


# The servers that are looked for on this machine.
LOCAL = ["llamacpp", "lmstudio", "ollama", "vllm"]


def names(settings: Settings) -> list[str]:
    return [endpoint.name for endpoint in settings.endpoints]


def test_nothing_at_all(home: Path, work: Path) -> None:
    settings = load({}, cwd=work, home=home)
    assert (settings.host, settings.port) == ("127.0.0.1", 8421)
    assert settings.config is None
    assert names(settings) == LOCAL
    ollama = settings.endpoints[2]
    assert (ollama.kind, ollama.state, ollama.fetch) == ("local", "ready", True)
    assert ollama.key.source == "none_needed"


def test_a_home_of_ones_own_and_the_usual_one(tmp_path: Path, work: Path) -> None:
    assert load({"FILON_HOME": str(tmp_path)}, cwd=work).home == tmp_path
    assert load({"FILON_HOME": "x"}, cwd=work).home == work / "x"
    assert load({}, cwd=work).home.is_absolute()


def test_the_order_of_files(home: Path, work: Path) -> None:
    for folder, name in ((home, "librechat.yaml"), (home, "filon.yaml"), (work, "librechat.yaml"),
                         (work, "filon.yaml")):  # fmt: skip
        path = folder / name
        path.write_text('version: "1"\n')
        config = load({}, cwd=work, home=home).config
        assert config is not None
        assert config.path == path
    named = work / "other.yaml"
    named.write_text('version: "1"\n')
    config = load({"FILON_CONFIG": "other.yaml"}, cwd=work, home=home).config
    assert config is not None
    assert config.path == named


def test_a_named_file_that_does_not_exist_stops_the_start(home: Path, work: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load({}, cwd=work, home=home, config=Path("none.yaml"))
    assert raised.value.problem.code == "config_not_found"
    assert "\n" not in raised.value.problem.message


@pytest.mark.parametrize("content", [b"", b"a: [", b"\xff", b"- 1", b"endpoints: 3", b"[" * 9999])
def test_a_broken_file_does_not(content: bytes, home: Path, work: Path) -> None:
    (work / "librechat.yaml").write_bytes(content)
    settings = load({"GROQ_API_KEY": "gsk-123456789"}, cwd=work, home=home)
    assert settings.config is not None
    assert settings.config.verdicts
    assert names(settings) == ["groq", *LOCAL]


def test_providers_are_found_by_their_keys(home: Path, work: Path) -> None:
    environ = {"OPENROUTER_KEY": "sk-or-123456789", "DEEPSEEK_API_KEY": " sk-1234567890 \n"}
    settings = load(environ, cwd=work, home=home)
    assert names(settings) == ["deepseek", "openrouter", *LOCAL]
    deepseek = settings.endpoints[0]
    assert deepseek.kind == "detected"
    assert deepseek.key.value == "sk-1234567890"
    assert deepseek.key.variable == "DEEPSEEK_API_KEY"
    assert deepseek.quirks
    assert settings.endpoints[1].key.variable == "OPENROUTER_KEY"
    assert "sk-1234567890" in settings.secrets


@pytest.mark.parametrize(
    ("name", "url", "expected"),
    [
        ("Mine", "https://api.deepseek.com/v1", ["Mine", *LOCAL]),
        ("Mine", "https://proxy.example/v1", ["Mine", "deepseek", *LOCAL]),
        ("deepseek", "https://proxy.example/v1", ["deepseek", *LOCAL]),
        ("Mine", "http://localhost:11434/v1", ["Mine", "deepseek", "llamacpp", "lmstudio", "vllm"]),
    ],
)
def test_what_the_file_has_is_not_found_again(
    name: str, url: str, expected: list[str], home: Path, work: Path
) -> None:
    (work / "librechat.yaml").write_text(CUSTOM.format(name=name, url=url))
    settings = load({"DEEPSEEK_API_KEY": "sk-1234567890"}, cwd=work, home=home)
    assert names(settings) == expected
    assert settings.config is not None
    told = [one.code for one in settings.config.verdicts]
    assert ("name-shadows" in told) == (name == "deepseek")


def test_a_key_in_dotenv_finds_a_provider(home: Path, work: Path) -> None:
    (work / "librechat.yaml").write_text('version: "1"\n')
    (work / ".env").write_text("GROQ_API_KEY=gsk-123456789\n")
    settings = load({}, cwd=work, home=home)
    assert names(settings) == ["groq", *LOCAL]
    assert settings.endpoints[0].key.place == ".env:1"


def test_a_dotenv_that_cannot_be_read_is_told(home: Path, work: Path) -> None:
    (work / "librechat.yaml").write_text('version: "1"\n')
    (work / ".env").write_bytes(b"A=\xff\n")
    config = load({}, cwd=work, home=home).config
    assert config is not None
    assert [one.code for one in config.verdicts] == ["env-file"]


def test_flags_win_over_variables(home: Path, work: Path) -> None:
    environ = {"FILON_HOST": "0.0.0.0", "FILON_PORT": "9000", "FILON_LOG": "json",
               "FILON_LOG_LEVEL": "DEBUG"}  # fmt: skip
    settings = load(environ, cwd=work, home=home)
    assert (settings.host, settings.port) == ("0.0.0.0", 9000)
    assert (settings.log_json, settings.log_level) == (True, "debug")
    settings = load(environ, cwd=work, home=home, host="127.0.0.1", port=0)
    assert (settings.host, settings.port) == ("127.0.0.1", 0)


@pytest.mark.parametrize(
    ("name", "value"),
    [("FILON_PORT", "x"), ("FILON_PORT", "70000"), ("FILON_PORT", "-1"), ("FILON_LOG", "xml"),
     ("FILON_LOG_LEVEL", "loud"), ("FILON_SHUTDOWN_GRACE", "a while"),
     ("FILON_SHUTDOWN_GRACE", "-1"), ("FILON_SHUTDOWN_GRACE", "inf")],
)  # fmt: skip
def test_senseless_variables_stop_the_start(name: str, value: str, home: Path, work: Path) -> None:
    with pytest.raises(ConfigError, match=name):
        load({name: value}, cwd=work, home=home)


def test_practice() -> None:
    found = practice_endpoints(
        "http://127.0.0.1:5000", closed="http://127.0.0.1:5001", tls="https://127.0.0.1:5002"
    )
    main, *others = found
    assert (main.name, main.kind, main.state) == ("practice", "practice", "ready")
    assert main.base_url == "http://127.0.0.1:5000/practice/v1"
    assert {"pocket", "pocket-large", "pocket-reasoner", "echo"} <= set(main.models)
    assert "pocket-embed" not in main.models
    assert main.title.enabled
    assert not main.fetch
    assert not main.aside
    assert all(one.aside and one.kind == "practice" for one in others)
    by_name = {one.name: one for one in others}
    assert by_name["practice-mistral"].provider == "mistral"
    assert by_name["practice-mistral"].quirks
    assert by_name["practice-mistral"].key.value == "practice-mistral-key"
    assert "accounts/fireworks/models/pocket" in by_name["practice-fireworks"].models
    assert by_name["practice-closed"].base_url == "http://127.0.0.1:5001/v1"
    assert by_name["practice-tls"].base_url.startswith("https://")
    assert len({one.base_url for one in found}) == len(found)


def test_the_price_list_is_not_loaded_by_importing_or_loading(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "import filon.config.check, filon.providers.models\n"
        "from filon.config.load import load\n"
        "load({}, cwd=Path.cwd(), home=Path.cwd())\n"
        "assert 'genai_prices' not in sys.modules\n"
        "assert 'numpy' not in sys.modules\n"
        "assert 'sqlalchemy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
