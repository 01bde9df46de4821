#ifndef PLUMBLINE_CSYSTEM_H
#define PLUMBLINE_CSYSTEM_H

/* System calls and constants that Swift cannot import from glibc. Each answers 0 or more, or -1 with errno set. */

/* renameat2(2) with RENAME_NOREPLACE: never over an existing name. */
int plumbline_rename_noreplace(int from_folder, const char *from, int to_folder, const char *to);

/* O_PATH of open(2). */
extern const int plumbline_o_path;

/* openat(2), which Swift cannot call since it takes any number of arguments. */
int plumbline_open(int folder, const char *path, int flags, unsigned int mode);

/* syncfs(2): everything written to the file system that holds fd is durable. */
int plumbline_syncfs(int fd);

/* A read lease, fcntl(2) F_SETLEASE: 0 when nobody has the file open for writing. The lease is given back at once.
   errno EAGAIN: somebody has. Anything else: the file system or the owner does not allow to ask. */
int plumbline_no_writer(int fd);

/* The type of a file system, statfs(2) f_type; -1 when it cannot be told. */
long plumbline_filesystem_type(const char *path);
/* The same for an open file or folder, fstatfs(2). */
long plumbline_filesystem_type_of(int fd);

/* A file that is only in memory, memfd_create(2), closed in programs that are started. */
int plumbline_memory_file(void);

/* A pipe, pipe2(2), whose ends are closed in programs that are started: ends[0] to read, ends[1] to write. */
int plumbline_pipe(int ends[2]);

/* Starts a program, posix_spawn(3): in a session of its own, with signals as they are by default, in the folder /, with
   nothing open but input and output, the latter for errors too. Answers its process id. */
int plumbline_start(const char *path, char *const arguments[], char *const environment[], int input, int output);

/* Has the allocator, mallopt(3), keep what was freed up to so many bytes, and grow in steps of so many. */
void plumbline_keep_memory(int keep, int step);

/* Has the allocator give back what is free, malloc_trim(3). */
void plumbline_give_memory_back(void);

/* Lets go of the pages of the program and of its libraries that are the same as in their files, madvise(2) MADV_DONTNEED:
   they are read again, mostly from the kernel's cache, when they are needed. */
void plumbline_give_program_back(void);

#endif
