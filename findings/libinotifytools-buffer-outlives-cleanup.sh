#!/usr/bin/env bash
# Finding: events that libinotifytools had read before inotifytools_cleanup() are given out after the next
# inotifytools_initialize(), with watch numbers that by then mean other folders.
#
# Seen with libinotifytools 3.22.6.0-4 (Debian 12, amd64): two files are made in the folder `first`; after the first event is
# taken, the library is cleaned up and initialised anew, and watches only `second`, in which nothing happens. The next
# event: "two.txt, in the folder second/". Expected: none, or an error, since the queue it came from is closed.
# Exit status: 0 it is still so, 1 it has changed, 2 it could not be tried.
set -euo pipefail
version=3.22.6.0-4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq "libinotifytools0=$version" "libinotifytools0-dev=$version" 2>/dev/null || {
    echo "libinotifytools $version cannot be had here any more." >&2
    exit 2
}
for package in *.deb; do dpkg -x "$package" .; done
lib=$(dirname "$(find . -name 'libinotifytools.so.0' | head -n 1)")

cat > buffer.c <<'C'
#include <fcntl.h>
#include <inotifytools/inotify.h>
#include <inotifytools/inotifytools.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void make(const char *path) { close(open(path, O_CREAT | O_WRONLY, 0644)); }

static void show(const char *when, struct inotify_event *event) {
    if (!event) { printf("%s: no event\n", when); return; }
    printf("%s: %s, in the folder %s\n", when, event->name, inotifytools_filename_from_wd(event->wd));
}

int main(void) {
    mkdir("first", 0755);
    mkdir("second", 0755);
    inotifytools_initialize();
    inotifytools_watch_file("first/", IN_CLOSE_WRITE);
    make("first/one.txt");
    make("first/two.txt");
    show("before", inotifytools_next_event(1));
    inotifytools_cleanup();
    inotifytools_initialize();
    inotifytools_watch_file("second/", IN_CLOSE_WRITE);
    show("after", inotifytools_next_event(1));
    return 0;
}
C
gcc -I usr/include buffer.c -L "$lib" -l:libinotifytools.so.0 -Wl,-rpath,"$work/$lib" -o buffer
echo "libinotifytools $version"
./buffer | tee seen
grep -q 'after: two.txt, in the folder second/' seen || {
    echo "It has changed." >&2
    exit 1
}
