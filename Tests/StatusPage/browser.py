#!/usr/bin/env python3
"""Looks at a status page in Chromium: browser.py PAGE [--axe axe.min.js] [--shots FOLDER [--part ID]]

It opens the page from the disk, as an office does from its share, and says what is wrong with it: scripts that run, requests
for anything else, what its own policy had to stop, text that is hard to read in light or dark, a line that a phone would
have to scroll sideways for, a keyboard that cannot reach every link in order. With --axe, axe-core's rules are tried too
(the file of the package of that name); with --shots, pictures are kept, and with --part one of the section with that id too.
Ends with 0 when all is well, 1 when not, 3 where there is no Chromium. It speaks to Chromium through a pipe, and needs
nothing but Python.
"""

import argparse
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# WCAG 2.2, 1.4.3: text that is not large.
CONTRAST = 4.5

# How every text on the page stands out from what is behind it.
READABLE = """
(() => {
    const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
        .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = element => {
        for (; element; element = element.parentElement) {
            const colour = parse(getComputedStyle(element).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
    };
    const found = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let texts = 0;
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
        texts += 1;
        const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < LIMIT) found.add(`${element.tagName} ${element.className} has a contrast of ${ratio.toFixed(2)}`);
    }
    return JSON.stringify({texts, found: [...found]});
})()
""".replace("LIMIT", str(CONTRAST))

HARMLESS = """
JSON.stringify({
    scripts: document.scripts.length,
    handlers: [...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/i.test(a.name))).length,
    strange: [...document.querySelectorAll('*')].map(e => e.localName).filter(n => !NAMES.includes(n)),
    links: [...document.querySelectorAll('a')].map(a => a.getAttribute('href')),
    language: document.documentElement.lang, title: document.title, items: document.querySelectorAll('.items > li').length,
})
""".replace("NAMES", json.dumps(
    "html head meta title style body a header h1 h2 p time nav ul ol li b strong span bdi main section table caption thead "
    "tbody tr th td dl dt dd div footer".split()))

FOCUSED = """
(() => {
    const e = document.activeElement;
    return JSON.stringify([e.localName, e.getAttribute('href'), e.checkVisibility(), getComputedStyle(e).outlineStyle]);
})()
"""


class Browser:
    """A Chromium of our own, and one page in it."""

    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="status-page-")
        to_browser, self.to = os.pipe()
        self.come, from_browser = os.pipe()

        def connect():
            # The browser reads from descriptor 3 and writes to 4; neither may be overwritten by the other's copy.
            read, write = os.dup(to_browser), os.dup(from_browser)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
             f"--user-data-dir={self.folder}", "about:blank"],
            preexec_fn=connect, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.rest, self.number, self.session, self.events = b"", 0, None, []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def message(self):
        while b"\0" not in self.rest:
            more = os.read(self.come, 1 << 20)
            if not more:
                raise SystemExit("Chromium has ended.")
            self.rest += more
        first, self.rest = self.rest.split(b"\0", 1)
        return json.loads(first)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.to, json.dumps(request).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def open(self, address):
        for domain in ["Page", "Network", "Log", "Runtime"]:
            self.call(f"{domain}.enable")
        self.call("Page.navigate", url=address)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())

    def value(self, expression, wait=False):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=wait)
        if "exceptionDetails" in result:
            raise SystemExit(str(result["exceptionDetails"]))
        return result["result"].get("value")

    def tab(self):
        for kind in ["rawKeyDown", "keyUp"]:
            self.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)

    def shot(self, path, width, whole=True):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
        self.value("window.scrollTo(0, 0)")
        picture = self.call("Page.captureScreenshot", captureBeyondViewport=whole, format="png")
        Path(path).write_bytes(base64.b64decode(picture["data"]))

    def part(self, path, name, width):
        """A picture of the section whose heading has an id, and of nothing else."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        # A picture beyond the window has no scrollbar, and places would be others beside one.
        self.call("Emulation.setScrollbarsHidden", hidden=True)
        corners = self.value(
            f"JSON.stringify((e => e && [scrollX + e.left, scrollY + e.top, e.width, e.height])("
            f"document.getElementById({json.dumps(name)})?.closest('section').getBoundingClientRect()) ?? null)")
        if not (corners := json.loads(corners)):
            return [f"nothing has the id {name}"]
        left, top, across, down = corners
        clip = {"x": left - 16, "y": top, "width": across + 32, "height": down + 16, "scale": 1}
        picture = self.call("Page.captureScreenshot", captureBeyondViewport=True, format="png", clip=clip)
        Path(path).write_bytes(base64.b64decode(picture["data"]))
        return []


def scheme(browser, name):
    browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])


def keyboard(browser, links):
    """Goes through the page with the tab key, and compares with the order in which the links stand."""
    reached = []
    for _ in links:
        browser.tab()
        name, address, is_visible, outline = json.loads(browser.value(FOCUSED))
        reached.append(address)
        if name != "a" or not is_visible:
            return [f"the tab key reaches {name} {address}, which cannot be seen"]
        if outline == "none":
            return [f"nothing shows that {address} has the keyboard"]
    return [] if reached == links else [f"the tab key goes {reached}, and the links stand {links}"]


def judge(browser, page, axe, shots, part):
    found = []
    browser.open(page.resolve().as_uri())
    facts = json.loads(browser.value(HARMLESS))
    for what in ["scripts", "handlers", "strange"]:
        if facts[what]:
            found.append(f"{what}: {facts[what]}")
    if not facts["language"] or not facts["title"]:
        found.append("no language or no title")
    strange = [link for link in facts["links"] if not link or ":" in link or link.startswith("/")]
    if strange:
        found.append(f"links lead away: {strange}")
    print(f"{facts['items']} things are listed; title: {facts['title']}")
    found += keyboard(browser, facts["links"])
    for colours in ["light", "dark"]:
        scheme(browser, colours)
        told = json.loads(browser.value(READABLE))
        print(f"{colours}: {told['texts']} texts, {len(told['found'])} hard to read")
        found += [f"{colours}: {line}" for line in told["found"]]
        for width in [320, 390, 1100]:
            browser.call(
                "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 600)
            wide = browser.value("document.documentElement.scrollWidth")
            if wide > width:
                found.append(f"{width} wide: has to be scrolled sideways, to {wide}")
            if shots and width != 320:
                browser.shot(Path(shots) / f"{colours}-{width}.png", width, whole=False)
    if axe:
        found += rules(browser, axe)
    if shots and part:
        scheme(browser, "light")
        found += browser.part(Path(shots) / f"{part}.png", part, 1100)
    if shots:
        Path(shots, "print.pdf").write_bytes(base64.b64decode(browser.call("Page.printToPDF")["data"]))
    # The page itself is the one thing that was asked for; nothing may have been stopped by its policy.
    asked = [event["params"]["request"]["url"] for event in browser.events
             if event.get("method") == "Network.requestWillBeSent"]
    if asked != [page.resolve().as_uri()]:
        found.append(f"was asked for: {asked}")
    found += [f"said: {event['params'].get('entry', event['params'])}" for event in browser.events
              if event.get("method") in ["Log.entryAdded", "Runtime.consoleAPICalled", "Page.javascriptDialogOpening"]]
    return found


def rules(browser, axe):
    """What axe-core says, in both colours."""
    found = []
    browser.value(Path(axe).read_text() + ";0")
    for colours in ["light", "dark"]:
        scheme(browser, colours)
        told = json.loads(browser.value(
            "axe.run({resultTypes: ['violations', 'passes', 'incomplete']}).then(r => JSON.stringify({version: "
            "r.testEngine.version, passes: r.passes.map(p => p.id), violations: r.violations.map(v => v.id + ': ' + v.help "
            "+ ' ' + v.nodes.length + ' ' + v.nodes[0].html.slice(0, 200)), incomplete: r.incomplete.map(v => v.id + ' ' + "
            "v.nodes.length)}))", wait=True))
        print(f"axe-core {told['version']}, {colours}: {len(told['passes'])} rules kept "
              f"(color-contrast: {'color-contrast' in told['passes']}), {len(told['violations'])} broken, "
              f"not decided: {told['incomplete']}")
        found += [f"axe-core, {colours}: {line}" for line in told["violations"]]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("--axe")
    parser.add_argument("--shots")
    parser.add_argument("--part", metavar="ID")
    options = parser.parse_args()
    program = next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)
    if not program:
        print("There is no Chromium here.")
        return 3
    browser = Browser(program)
    try:
        found = judge(browser, options.page, options.axe, options.shots, options.part)
    finally:
        browser.close()
    print("\n".join(found) or "The page is well.")
    return 1 if found else 0


sys.exit(main())
