"""Each system call fails once or from then on, in a run that ends; then all is well again."""

from concurrent.futures import ThreadPoolExecutor

from scenario import numberless, sample, strace

ERRORS = ["ENOSPC", "EIO", "EDQUOT", "EACCES", "EROFS", "ESTALE", "EINTR"]


def attempt(scenario, points, call, error, number, lasts):
    """Lets one call fail, starts anew without, and compares: whether it failed, and what was other than it must be."""
    where = f"{call} {number}{'+' if lasts else ''} {error}"
    with scenario.root() as root:
        log = root.path / "strace"
        status = strace(
            root, *points.within(root), "-o", str(log), "-e", f"trace={call}",
            "-e", f"inject={call}:error={error}:when={number}{'+' if lasts else ''}")
        failed = log.read_text(errors="replace").count("(INJECTED)")
        log.unlink()
        found = [] if status in [0, 1, 2] else [f"it ended with {status}"]
        # What is in sight is whole at any time.
        found += [f"in sight and other than it must be: {content}" for content in numberless(root.documents())
                  if content not in numberless(scenario.outcome["documents"])]
        ended = root.run("once")
        refused = error == "EACCES" and "cannot be opened" in problems(root)
        if ended.returncode not in [0, 1]:
            found.append(f"the next start ended with {ended.returncode}: {ended.stdout}")
        # Where a file could not be looked at the first time, it was taken after others.
        found += taken_again(scenario, root) if refused else scenario.losses(root)
        return failed, refused, [f"{where}: {difference}" for difference in found]


def problems(root):
    """What the problem files say."""
    return b"".join(content for name, content in root.files("inbox/rejected").items() if "problem" in name).decode()


def taken_again(scenario, root):
    """A file that may not be read is rejected, and says so; taken again, it leads to what it would have led to."""
    root.run("retry", "--rejected")
    root.run("once")
    return [line for line in scenario.losses(root) if "processed" not in line and "rejected" not in line]


def is_tried(call, error, lasts, size):
    """Nobody is interrupted for ever. The short form lets a call fail with an error either once or lastingly."""
    if error == "EINTR":
        return not lasts
    return size > 1 or lasts == (len(call + error) % 2 == 0)


def places(call, count, lasts, size):
    """Where a call is let fail. Locks that fail for good are waited for ten seconds each time, so a few of them will do."""
    return sample(count, min(size, 10) if call == "fcntl" and lasts else size)


def storm(report, scenario, points, size):
    """Every system call with every error."""
    with ThreadPoolExecutor(2) as workers:
        tasks = {
            (call, error, lasts, number): workers.submit(attempt, scenario, points, call, error, number, lasts)
            for call, count in sorted(points.counts.items()) for error in ERRORS for lasts in [False, True]
            if is_tried(call, error, lasts, size) for number in places(call, count, lasts, size)
        }
        results = {key: task.result() for key, task in tasks.items()}
    for error in ERRORS:
        ours = [result for key, result in results.items() if key[1] == error]
        reached = sum(1 for failed, _, _ in ours if failed)
        report.check(f"{error}: calls fail", reached >= 0.9 * len(ours) and reached,
                     f"{sum(failed for failed, _, _ in ours)} failures at {reached} of {len(ours)} places")
        refused = sum(refused for _, refused, _ in ours)
        found = [line for _, _, lines in ours for line in lines]
        report.check(f"{error}: nothing is lost or doubled", not found,
                     f"{len(found)} differences" + (f"; {refused} times a file was rejected first" if refused else ""))
        show(found)


def show(found):
    for line in found[:20]:
        print(f"        {line}")
