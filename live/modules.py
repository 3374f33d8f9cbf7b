"""The page's own modules: where they lie, and some of them as one text.

A notebook takes one module and knows no address to fetch others from. So the modules
that the one needs travel inside it as they are, and the browser makes an address for
each of them before it is asked for. There is no build step, and no second copy.
"""

from __future__ import annotations

import json
import re
from graphlib import TopologicalSorter
from importlib import resources
from pathlib import Path

STATIC = Path(str(resources.files("live"))) / "static"
_SCRIPTS = STATIC / "js"
_FROM = re.compile(r'\bfrom "\./([\w-]+\.mjs)"')
_LOADER = r"""
const sources = %s;
const imports = new RegExp(%s, "g");
const addresses = new Map();
for (const [name, source] of sources) {
  const text = source.replace(imports, (_, other) => `from "${addresses.get(other)}"`);
  const type = "text/javascript";
  addresses.set(name, URL.createObjectURL(new Blob([text], { type })));
}
const entry = await import(addresses.get(%s));
export default entry.default;
"""


def one_module(entry: str) -> str:
    """A module and all that it imports, as the text of one module.

    Parameters
    ----------
    entry : str
        Name of a file among the page's modules; its default export is the text's.

    Raises
    ------
    graphlib.CycleError
        If modules import each other in a circle.
    """
    sources: dict[str, str] = {}
    needs: dict[str, set[str]] = {}
    wanted = {entry}
    while wanted:
        name = wanted.pop()
        sources[name] = (_SCRIPTS / name).read_text("utf-8")
        needs[name] = set(_FROM.findall(sources[name]))
        wanted |= needs[name] - sources.keys()
    order = TopologicalSorter(needs).static_order()
    listed = json.dumps([(name, sources[name]) for name in order])
    return _LOADER % (listed, json.dumps(_FROM.pattern), json.dumps(entry))
