"""The carrier is killed before each of its steps, started again, and killed again a step later."""

from carrier import LIST, QUERY, SET

KINDS = {"query": QUERY, "set": SET, "list": LIST}


def run(stand):
    found = []
    steps = 0
    for kind, text in KINDS.items():
        undisturbed = stand.root(text, text)
        undisturbed.carry()
        # What follows the first document's steps is the same again.
        last = undisturbed.steps.index("mark asked", 3)
        published = undisturbed.steps.index("publish answer") + 1
        for step in range(1, last + 1):
            # Before it has its name, an answer cannot be read.
            for is_read in (False, True) if step > published else (False,):
                steps += 1
                found += [f"{kind}, killed before step {step}{', answers read' if is_read else ''}: {what}"
                          for what in broken(stand.root(text, text), kind, step, is_read)]
    print(f"killed before {steps} steps")
    return found


def broken(root, kind, step, is_read):
    """What is not as it should be after a kill. Where answers are read, Plumbline takes them between the runs."""
    answers = []

    def read():
        for name in root.names(root.inbox) if is_read else []:
            answers.append(name)
            (root.inbox / name).unlink()

    status = root.carry(kill=step)
    was_asked = "QuickBooks has done it" in root.steps
    if status not in (-9, 137):
        return [f"it was not killed: {status}"]
    found = [f"document {number} was taken out before its answer was there" for number in (1, 2)
             if not (root.outbox / f"{number:08d}-some.xml").exists() and not list(root.inbox.glob(f"{number:08d}-some.*"))]
    read()
    for _ in range(3):
        if root.carry() == 0:
            break
    else:
        return [f"it did not go on: {root.said}"]
    read()
    answers += root.names(root.inbox)
    stems = [name.split(".")[0] for name in answers]
    if stems != ["00000001-some", "00000002-some"]:
        found.append(f"each document has one answer, not {answers}")
    if root.names(root.outbox) or root.hidden():
        found.append(f"something is left: {root.names(root.outbox)} {root.hidden()}")
    done = [root.lines("done").count(name) for name in dict.fromkeys(root.lines("done"))]
    if kind != "query" and any(times > 1 for times in done):
        found.append(f"something was done twice: {done}")
    # A list is given up only when it may have been asked, and never asked again.
    given_up = [name for name in answers if name.endswith(".error.txt")]
    if kind != "list" and given_up:
        found.append(f"{given_up} was given up")
    if kind == "list" and was_asked and len(set(root.lines("asked"))) != len(root.lines("asked")):
        found.append("a list was asked twice")
    return found
