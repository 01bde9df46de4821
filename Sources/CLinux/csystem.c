#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

int plumbline_rename_noreplace(int from_folder, const char *from, int to_folder, const char *to) {
    return renameat2(from_folder, from, to_folder, to, RENAME_NOREPLACE);
}

int plumbline_syncfs(int fd) {
    return syncfs(fd);
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

int plumbline_memory_file(void) {
    return memfd_create("plumbline", MFD_CLOEXEC);
}

int plumbline_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

static int start(pid_t *child, const char *path, char *const arguments[], char *const environment[],
                 posix_spawn_file_actions_t *files, posix_spawnattr_t *attributes, int input, int output) {
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    int error = posix_spawnattr_setflags(
        attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    if (!error) error = posix_spawnattr_setsigdefault(attributes, &all);
    if (!error) error = posix_spawnattr_setsigmask(attributes, &none);
    if (!error) error = posix_spawn_file_actions_adddup2(files, input, 0);
    if (!error) error = posix_spawn_file_actions_adddup2(files, output, 1);
    if (!error) error = posix_spawn_file_actions_adddup2(files, output, 2);
    if (!error) error = posix_spawn_file_actions_addclosefrom_np(files, 3);
    if (!error) error = posix_spawn_file_actions_addchdir_np(files, "/");
    if (!error) error = posix_spawn(child, path, files, attributes, arguments, environment);
    return error;
}

int plumbline_start(const char *path, char *const arguments[], char *const environment[], int input, int output) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    pid_t child = -1;
    if ((errno = posix_spawn_file_actions_init(&files))) return -1;
    int error = posix_spawnattr_init(&attributes);
    if (!error) {
        error = start(&child, path, arguments, environment, &files, &attributes, input, output);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
    errno = error;
    return error ? -1 : (int)child;
}

void plumbline_keep_memory(int keep, int step) {
    mallopt(M_TRIM_THRESHOLD, keep);
    mallopt(M_TOP_PAD, step);
    mallopt(M_MMAP_THRESHOLD, keep);
}

void plumbline_give_memory_back(void) { malloc_trim(0); }

static int give_segments_back(struct dl_phdr_info *object, size_t size, void *unused) {
    (void)size;
    (void)unused;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        /* What can be written has pages of its own, which are in no file. */
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        uintptr_t first = object->dlpi_addr + segment->p_vaddr, last = first + segment->p_filesz;
        first = (first + page - 1) & -page;
        last &= -page;
        if (first < last) madvise((void *)first, last - first, MADV_DONTNEED);
    }
    return 0;
}

void plumbline_give_program_back(void) { dl_iterate_phdr(give_segments_back, NULL); }
