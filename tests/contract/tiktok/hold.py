"""Holds requests against TikTok's official SDK: paths, parameters and bodies that it does not know are problems.

Given `requests` (method, path, params, json, form, files) and `answers` (envelopes), says which of them the SDK's
methods and models would not have sent or could not read, and which paths it lacks altogether.
"""

import inspect
import json
import re
import sys

import business_api_client as tiktok
import business_api_client.models as models

PLAIN = {"str": str, "int": int, "bool": bool, "float": (int, float), "object": object}


def methods():
    """The SDK's calls by method and path: what their queries, forms, files and bodies may hold."""
    found = {}
    for api in vars(tiktok).values():
        if not (inspect.isclass(api) and api.__name__.endswith("Api")):
            continue
        for name, call in vars(api).items():
            if name.endswith("_with_http_info"):
                known = _method(inspect.getsource(call))
                found[known.pop("at")] = known
    return found


def _method(source):
    path, verb = re.search(r"'(/open_api/\S+?)', '(\w+)'", source).groups()
    types = dict(re.findall(r":param (\S+) (\w+):", source))
    return {
        "at": f"{verb} {path}",
        "query": {name: _type(source, name) for name in re.findall(r"query_params\.append\(\('(\w+)'", source)},
        "form": {name: _type(source, name) for name in re.findall(r"form_params\.append\(\('(\w+)'", source)},
        "files": re.findall(r"local_var_files\['(\w+)'\]", source),
        "body": next((kind for kind, name in types.items() if name == "body"), None),
        "required": re.findall(r"Missing the required parameter `(\w+)`", source),
    }


def _type(source, name):
    return re.search(rf":param (\S+) {name}:", source)[1]


def check(value, kind, at):
    """What is wrong with a value for one of the SDK's types."""
    listed = re.fullmatch(r"list\[(.+)\]", kind)
    if listed:
        if not isinstance(value, list):
            return [f"{at}: {value!r} is no {kind}"]
        return [found for place, one in enumerate(value) for found in check(one, listed[1], f"{at}[{place}]")]
    if kind in PLAIN:
        is_bool = isinstance(value, bool) and kind not in ("bool", "object")
        return [] if isinstance(value, PLAIN[kind]) and not is_bool else [f"{at}: {value!r} is no {kind}"]
    return _model(value, getattr(models, kind), at)


def _model(value, model, at):
    if not isinstance(value, dict):
        return [f"{at}: {value!r} is no {model.__name__}"]
    names = {key: attribute for attribute, key in model.attribute_map.items()}
    problems = [f"{at}.{key}: {model.__name__} does not know it" for key in value if key not in names]
    for key, one in value.items():
        if key in names:
            problems += check(one, model.swagger_types[names[key]], f"{at}.{key}")
    if problems:
        return problems
    try:
        model(**{names[key]: one for key, one in value.items()})
    except ValueError as error:
        return [f"{at}: {error}"]
    return []


def _query(request, known):
    problems = []
    for name, text in request["params"].items():
        if name not in known["query"]:
            problems.append(f"{name}: no parameter of the SDK's")
            continue
        kind = known["query"][name]
        problems += check(text if kind == "str" else json.loads(text), kind, name)
    given = {*request["params"], *request["form"], "access_token"}
    return problems + [f"{name}: required, and missing" for name in known["required"] if name not in given]


def _form(request, known):
    problems = [f"{name}: no field of the SDK's form" for name in request["form"] if name not in known["form"]]
    return problems + [f"{name}: no file of the SDK's form" for name in request["files"] if name not in known["files"]]


def hold(request, known):
    """Every problem of one request."""
    problems = _query(request, known) + _form(request, known)
    if request["json"] is not None:
        problems += check(request["json"], known["body"], "body") if known["body"] else ["body: the SDK sends none"]
    return problems


def main():
    """The verdict."""
    given, table = json.load(sys.stdin), methods()
    problems, unknown, seen = [], set(), set()
    for request in given["requests"]:
        at = f"{request['method']} {request['path']}"
        if at not in table:
            unknown.add(at)
            continue
        seen.add(at)
        problems += [f"{at}: {found}" for found in hold(request, table[at])]
    for answer in given["answers"]:
        problems += [f"answer: {found}" for found in check(answer, "InlineResponse200", "answer")]
    verdict = {"problems": sorted(set(problems)), "unknown": sorted(unknown), "seen": sorted(seen)}
    sys.stdout.write(json.dumps(verdict) + "\n")


if __name__ == "__main__":
    main()
