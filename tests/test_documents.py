"""Files with positions: what is read, what is refused, and in which words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conformance.documents import (
    Count,
    Document,
    ExistingFile,
    Field,
    Name,
    Place,
    load,
    nearest,
    parse,
    parse_value,
    read,
    suggestion,
    validate,
)
from conformance.model import ConfigurationFault


class Inner(Document):
    label: Name
    """what it is called"""
    size: Count = 3


class Outer(Document):
    name: Name
    inner: Inner | None = None
    items: tuple[Inner, ...] = ()
    by_name: dict[str, Inner] = Field(default_factory=dict)
    file: ExistingFile | None = None
    password: str | None = None


@pytest.fixture
def write(tmp_path: Path):
    def written(content: str | bytes, name: str = "file.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def fault(path: Path, **environment: str) -> str:
    with pytest.raises(ConfigurationFault) as caught:
        load(path, Outer, environment=environment)
    return str(caught.value)


def test_values_follow_the_core_schema_of_yaml_1_2(write):
    path = write("a: on\nb: no\nc: 2027-01-31\nd: 12:30:45\ne: 0x1F\nf: 1.5\ng: ~\nh: True\ni: '7'\nj: 017\n200: x\n")
    expected = {"a": "on", "b": "no", "c": "2027-01-31", "d": "12:30:45", "e": 31, "f": 1.5, "g": None, "h": True}
    assert read(path).data == {**expected, "i": "7", "j": 17, "200": "x"}


def test_every_key_has_its_line(write):
    source = read(write("a:\n  b:\n    - x\n    - c: 1\n"))
    lines = {path: source.where(path).line for path in [("a",), ("a", "b"), ("a", "b", 0), ("a", "b", 1, "c")]}
    assert list(lines.values()) == [1, 2, 3, 4]
    assert source.where(("a", "b", 1, "d", "e")).line == 4, "an unknown key stands where the one around it does"


def test_json_has_lines_too(write):
    source = read(write('{\n\t"a": {\n\t\t"b": "\\ud83d\\ude00"}\n}', "file.json"))
    assert source.data == {"a": {"b": "\N{GRINNING FACE}"}}
    assert parse(write('{\n\t"a": {\n\t\t"b": 1}\n}', "plain.json")).where(("a", "b")).line == 3


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", "", "the file is empty"),
        (b"# only a comment\n", "", "the file is empty"),
        (b"a: 1\nb: \xff\xfe\n", 2, "not UTF-8"),
        (b"a:\n\tb: 1\n", 2, "a tab"),
        (b"a: 1\nb: 2\na: 3\n", 3, "'a' is written twice (first in line 1)"),
        (b"a: [1, 2\nb: 3\n", 2, "is not YAML"),
        (b"a: b: c\n", 1, "is not YAML"),
        (b'a: "never closed\nb: 3\n', 3, "is not YAML"),
        (b"a: 1\n---\nb: 1\n", 2, "another document"),
        (b"a: 1\nb: !!python/object:os.system x\n", 2, "tag"),
        (b"a: &x [*x]\n", 1, "alias holds itself"),
        (b"? [a, b]\n: 1\n", 1, "a key is not plain text"),
        (b"a: 1\nb: \x01\n", 2, "control character"),
        (b"[" * 300 + b"]" * 300, 1, "nested too deep"),
        (b"- a\n", 1, "must be a mapping of keys, found a list"),
        (b"a: {b: ${X}}\n", 1, 'Put "${NAME}" in quotes'),
    ],
)
def test_what_is_no_yaml_is_one_line_with_its_place(write, content, line, words):
    path = write(content)
    said = fault(path)
    assert said.startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert words in said
    assert "\n" not in said


def test_aliases_are_counted_each_time(write):
    levels = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 9))
    assert "too many values" in fault(write(f"l0: &l0 x\n{levels}\n"))


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ('{"a": 1,\n "b": }', 2, "is not JSON"),
        ('{"a": 1, "a": 2}', "", "'a' is written twice"),
        ('{"a": NaN}', "", "NaN"),
        ("", "", "the file is empty"),
    ],
)
def test_what_is_no_json_is_one_line(write, content, line, words):
    path = write(content, "file.json")
    said = fault(path)
    assert said.startswith(f"{path}:{line}: " if line else f"{path}: ")
    assert words in said


def test_files_that_cannot_be_read(tmp_path):
    assert "there is no such file" in fault(tmp_path / "nowhere.yaml")
    assert "this is a folder" in fault(tmp_path)
    assert "cannot be read" in fault(tmp_path / "nul\0.yaml")
    assert "cannot be read" in fault(tmp_path / ("long" * 200))


def test_variables(write):
    path = write('a: ${X}-${Y:-y}${X:-n}\nb: ["${X}"]\nc: $${X} $X\n')
    assert read(path, environment={"X": "x"}).data == {"a": "x-yx", "b": ["x"], "c": "${X} $X"}


def test_a_variable_that_is_not_set_is_told_once(write):
    path = write("name: ${X}\npassword: ${Y}\nfile: ${X}\n")
    first, second = fault(path).splitlines()
    assert first.startswith(f"{path}:1: name: the environment variable X is not set. Set it")
    assert second.startswith(f"{path}:2: password: the environment variable Y is not set")


def test_a_variable_in_a_value_fills_no_other(write):
    assert read(write("a: ${X}\n"), environment={"X": "${Y}"}).data == {"a": "${Y}"}


def test_half_a_variable_is_refused(write):
    assert "'${' does not start a variable. Write ${NAME}" in fault(write("name: a${b c\n"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("naem: x\nname: x", "1: naem: unknown key. Did you mean 'name'?"),
        ("name: x\ninner:\n  label: x\n  sizes: 1", "4: inner.sizes: unknown key. Did you mean 'size'?"),
        (
            "name: x\nitems:\n  - {label: x}\n  - {label: y, lable: x}",
            "4: items.1.lable: unknown key. Did you mean 'label'?",
        ),
        (
            "name: x\nby_name:\n  k:\n    label: x\n    lable: 1",
            "5: by_name.k.lable: unknown key. Did you mean 'label'?",
        ),
        ("name: x\nsize: 3", "2: size: unknown key. It belongs under 'inner'"),
        ("name: x\nxyzzy: 3", "2: xyzzy: unknown key. Known: name, inner, items, by_name, file, password"),
        ("inner: {label: x}", "1: name: is missing. Add it"),
        ("name: x\ninner: {}", "2: inner.label: is missing. Add it: what it is called"),
        ("name: 12", "1: name: must be text, found the number 12. Put it in quotes"),
        ("name: yes\nitems: x", "2: items: must be a list, found 'x'"),
        ("name: ''", "1: name: must not be empty. Write a text"),
        ("name: x\ninner: 3", "2: inner: must be a mapping of keys, found the number 3"),
        ("name: x\ninner: {label: x, size: true}", "2: inner.size: must be a number, found true. Write a number"),
        ("name: x\ninner: {label: x, size: 1.5}", "2: inner.size: must be a whole number, found the number 1.5"),
        ("name: x\npassword: 1234", "2: password: must be text. Put it in quotes"),
        ("name: x\nfile: 3", "2: file: must be the path of a file, found the number 3. Write a path as text"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_line_key_and_cure(write, content, expected):
    path = write(content)
    assert fault(path) == f"{path}:{expected}"


def test_all_problems_are_told_at_once(write):
    assert len(fault(write("naem: x\ninner: {size: a}\nitems: [{}]")).splitlines()) == 5


def test_a_fault_is_one_line_whatever_the_file_holds(write):
    said = fault(write('"na\\nme": x\nname: x\npassword: ["\\e[31m"]\nfile: "a\\nb"\n'))
    assert len(said.splitlines()) == 3
    assert "\x1b" not in said


def test_a_path_starts_from_the_folder_of_its_file(write, tmp_path, monkeypatch):
    write("x", "sub/there.pem")
    path = write("name: x\nfile: there.pem", "sub/file.yaml")
    monkeypatch.chdir(tmp_path)
    assert load(path, Outer).file == tmp_path / "sub" / "there.pem"
    write("name: x\nfile: gone.pem", "sub/file.yaml")
    said = fault(Path("sub/file.yaml"))
    assert said.startswith("sub/file.yaml:2: file: there is no file 'gone.pem'. Looked for ")
    assert str(tmp_path / "sub" / "gone.pem") in said


def test_merged_values_keep_their_own_places(write):
    below = parse(write("name: x\ninner:\n  label: a\n  size: 1\nitems:\n  - {label: i}\n  - {label: j}", "below.yaml"))
    above = parse(write("\n\ninner:\n  size: 2\nitems:\n  - {label: k}", "above.yaml"))
    source = below.merged(above)
    assert source.data == {"name": "x", "inner": {"label": "a", "size": 2}, "items": [{"label": "k"}]}
    places = {path: source.where(path) for path in [("name",), ("inner", "label"), ("inner", "size"), ("items", 0)]}
    assert [(Path(each.file).name, each.line) for each in places.values()] == [
        ("below.yaml", 1),
        ("below.yaml", 3),
        ("above.yaml", 4),
        ("above.yaml", 6),
    ]
    assert Path(source.where(("items", 1)).file).name == "above.yaml", "a replaced list leaves no places behind"


def test_a_replaced_value_has_its_own_place(write, tmp_path):
    place = Place("command line", 0, tmp_path)
    source = parse(write("name: x\nitems:\n  - {label: i}"))
    changed = source.replaced("items.0.label", 5, place).replaced("inner.label", "new", place)
    assert changed.data == {"name": "x", "items": [{"label": 5}], "inner": {"label": "new"}}
    with pytest.raises(ConfigurationFault, match=r"^command line: items\.0\.label: must be text, found the number 5"):
        validate(changed, Outer)
    with pytest.raises(ConfigurationFault, match=r"^command line: name\.a\.b: leads through a value"):
        source.replaced("name.a.b", 1, place)
    assert source.data == {"name": "x", "items": [{"label": "i"}]}, "a source never changes"


def test_documents_are_frozen(write):
    found = load(write("name: x"), Outer)
    with pytest.raises(ValueError, match="frozen"):
        found.name = "y"


def test_nearest_names():
    known = ["rs_url", "as_url", "dp_id"]
    assert nearest("rs-url", known) == "rs_url"
    assert nearest("RS_ULR", known) == "rs_url"
    assert nearest("cert", ["key", "certificate"]) == "certificate"
    assert nearest("nothing", known) == ""
    assert suggestion("nothing", known) == "Known: rs_url, as_url, dp_id"
    assert suggestion("nothing", [str(n) for n in range(20)], most=2) == "Known: 0, 1 ..."


def test_values_of_a_command_line():
    assert [parse_value(each) for each in ("4", "null", "on", "[a, 1]", "{a: b}", "")] == [
        4,
        None,
        "on",
        ["a", 1],
        {"a": "b"},
        None,
    ]
    with pytest.raises(ConfigurationFault, match=r"^command line: k: is not YAML"):
        parse_value("[", key="k")


def test_json_and_yaml_agree(write):
    data = {"name": "x", "items": [{"label": "i", "size": 4}], "inner": None}
    text = json.dumps(data, indent=1)
    assert load(write(text, "a.json"), Outer) == load(write(text, "a.yaml"), Outer)
