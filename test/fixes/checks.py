"""Reads a JSON list of [kind, text] from standard input and writes a JSON list of complaints: "" where the text is sound.

Nothing is imported or run: Python is compiled only, the others are parsed.
"""

import configparser
import json
import sys
import warnings


def python(text):
    compile(text.encode("utf-8", "surrogatepass"), "file.py", "exec", dont_inherit=True)


def compose(text):
    import yaml

    for node in yaml.compose_all(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        pairs = getattr(node, "value", [])
        names = [key.value for key, _ in pairs] if isinstance(node, yaml.MappingNode) else []
        if len(names) != len(set(map(str, names))):
            raise ValueError("a key twice")


def toml(text):
    import tomllib

    tomllib.loads(text)


def supervisor(text):
    # As supervisor.options.UnhosedConfigParser is made.
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=False)
    parser.read_string(text)


kinds = {"python": python, "yaml": compose, "toml": toml, "json": json.loads, "supervisor": supervisor}
warnings.simplefilter("ignore")
answers = []
for kind, text in json.load(sys.stdin):
    try:
        kinds[kind](text)
        answers.append("")
    except Exception as error:
        answers.append(f"{type(error).__name__}: {error}")
json.dump(answers, sys.stdout)
