#!/usr/bin/env bash
# Finding: when a watched folder is removed and one of the same name is made and watched again, libinotifytools answers with
# the number of the removed one, so that events of the new folder cannot be told by it.
#
# Seen with libinotifytools 3.22.6.0-4 (Debian 12, amd64): the first watch of `drop/` has number 1. After rmdir, all events
# read (IN_DELETE_SELF and IN_IGNORED among them), mkdir and a second watch, an event comes with number 2, and
# inotifytools_wd_from_filename("drop/") still says 1. Expected: 2, since the kernel ended watch 1 (IN_IGNORED).
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

cat > deleted.c <<'C'
#include <fcntl.h>
#include <inotifytools/inotify.h>
#include <inotifytools/inotifytools.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
    inotifytools_initialize();
    mkdir("drop", 0755);
    inotifytools_watch_file("drop/", IN_CLOSE_WRITE | IN_DELETE_SELF);
    printf("first watch: %d\n", inotifytools_wd_from_filename("drop/"));
    rmdir("drop");
    while (inotifytools_next_event(1)) {}
    mkdir("drop", 0755);
    inotifytools_watch_file("drop/", IN_CLOSE_WRITE | IN_DELETE_SELF);
    close(open("drop/new.txt", O_CREAT | O_WRONLY, 0644));
    struct inotify_event *event = inotifytools_next_event(1);
    printf("event of watch %d, the folder's by name: %d\n", event ? event->wd : 0,
           inotifytools_wd_from_filename("drop/"));
    return 0;
}
C
gcc -I usr/include deleted.c -L "$lib" -l:libinotifytools.so.0 -Wl,-rpath,"$work/$lib" -o deleted
echo "libinotifytools $version"
./deleted | tee seen
grep -q "event of watch 2, the folder's by name: 1" seen || {
    echo "It has changed." >&2
    exit 1
}
