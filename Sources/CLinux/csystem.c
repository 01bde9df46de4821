#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <sys/vfs.h>
#include <unistd.h>

int plumbline_rename_noreplace(int from_folder, const char *from, int to_folder, const char *to) {
    return renameat2(from_folder, from, to_folder, to, RENAME_NOREPLACE);
}

int plumbline_syncfs(int fd) {
    return syncfs(fd);
}

int plumbline_begin_writing(int fd) {
    return sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

int plumbline_no_writer(int fd) {
    if (fcntl(fd, F_SETLEASE, F_RDLCK) != 0) return -1;
    fcntl(fd, F_SETLEASE, F_UNLCK);
    return 0;
}

const int plumbline_o_path = O_PATH;

int plumbline_open(int folder, const char *path, int flags, unsigned int mode) {
    return openat(folder, path, flags, mode);
}

int plumbline_duplicate(int fd) {
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

long plumbline_filesystem_type_of(int fd) {
    struct statfs info;
    if (fstatfs(fd, &info) != 0) return -1;
    return (long)((unsigned long)info.f_type & 0xffffffffUL);
}

long plumbline_filesystem_type(const char *path) {
    struct statfs info;
    if (statfs(path, &info) != 0) return -1;
    return (long)((unsigned long)info.f_type & 0xffffffffUL);
}

void plumbline_keep_memory(int keep, int step) {
    mallopt(M_TRIM_THRESHOLD, keep);
    mallopt(M_TOP_PAD, step);
    mallopt(M_MMAP_THRESHOLD, keep);
}

void plumbline_give_memory_back(void) { malloc_trim(0); }
